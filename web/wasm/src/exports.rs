//! The three functions of the module, for JavaScript: `alloc`, `free` and `call`.
//!
//! A message is one stretch of memory: four bytes of length (little-endian), so many bytes of JSON, and the bytes of the
//! file behind them. The answer is JSON.
//!
//! Only in WebAssembly do they bear these names: elsewhere `free` is that of the system.

use std::sync::{Mutex, PoisonError};

use crate::Desk;

/// What is kept from call to call.
static DESK: Mutex<Desk> = Mutex::new(Desk::new());

/// Gives `length` bytes of memory, which [`free`] takes back.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub extern "C" fn alloc(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Takes back memory that [`alloc`] or [`call`] gave.
///
/// # Safety
/// `start` and `length` are those of one stretch that was given and not yet taken back.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub unsafe extern "C" fn free(start: *mut u8, length: usize) {
    // SAFETY: the caller hands over a boxed slice of this length
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(start, length)) });
}

/// Answers a message. The upper half of what is given is where the answer starts, the lower half its length; [`free`] takes it
/// back. The message stays with the caller.
///
/// # Safety
/// `start` and `length` are those of memory that nobody writes meanwhile.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
pub unsafe extern "C" fn call(start: *const u8, length: usize) -> u64 {
    // SAFETY: the caller says so
    let message = unsafe { std::slice::from_raw_parts(start, length) };
    let answer = answer(message).into_boxed_slice();
    let length = answer.len() as u64;
    ((Box::into_raw(answer).cast::<u8>() as u64) << 32) | length
}

/// The answer to a message.
pub fn answer(message: &[u8]) -> Vec<u8> {
    let mut desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    let parts = message
        .split_first_chunk::<4>()
        .and_then(|(length, rest)| rest.split_at_checked(u32::from_le_bytes(*length) as usize));
    match parts {
        Some((json, file)) => desk.answer(json, file),
        None => crate::reply::fault("The message is cut off."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_given_is_taken_back() {
        for length in [0, 1, 5_000] {
            let start = alloc(length);
            // SAFETY: it was just given
            unsafe { free(start, length) };
        }
    }

    #[test]
    fn broken_messages_are_answered() {
        for message in [&b""[..], b"abc", b"\xff\xff\xff\xff{}", b"\x02\0\0\0{}", b"\x03\0\0\0{}}x"] {
            let answer: serde_json::Value = serde_json::from_slice(&answer(message)).unwrap();
            assert!(answer["fault"].is_string(), "{answer}");
        }
    }
}
