// The policy of the page covers every kind of request but one: connections of video calls. This page makes none, so it takes them
// out of its own hands before it does anything else.

for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection"])
  Object.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false });
