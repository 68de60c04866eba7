//! What declared tags mean: names, the words around them, misspellings, and what only looks like a warning.
#![allow(clippy::unwrap_used, clippy::expect_used)] // tests may fail

use std::sync::OnceLock;

use forewarn::config::Config;
use forewarn::model::Degree;
use forewarn::rules::{self, vocabulary::Vocabulary};

fn vocabulary() -> &'static Vocabulary {
    static LOADED: OnceLock<Vocabulary> = OnceLock::new();
    LOADED.get_or_init(|| {
        let packs: Vec<_> = Config::default().packs.value.iter().filter_map(|name| rules::bundled(name)).collect();
        rules::link(&packs).rules.vocabulary
    })
}

/// `abuse past, no incest`: the ids of the tags that an entry means, with degree or `no`.
fn meaning(entry: &str) -> String {
    let vocabulary = vocabulary();
    let said = vocabulary.read(entry).into_iter().map(|r| {
        let id = &vocabulary.tag(r.tag).unwrap().id;
        match (r.denied, r.degree) {
            (true, _) => format!("no {id}"),
            (false, Degree::Depicted) => id.clone(),
            (false, degree) => format!("{id} {}", degree.name()),
        }
    });
    said.collect::<Vec<_>>().join(", ")
}

fn assert_meanings(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(entry, expected)| meaning(entry) != *expected)
        .map(|(entry, expected)| format!("“{entry}” means “{}”, not “{expected}”", meaning(entry)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn modifiers_say_how_a_tag_is_meant() {
    assert_meanings(&[
        ("mentions of abuse", "abuse implied"),
        ("Abuse Mentions", "abuse implied"),
        ("mentions of past abuse (non-graphic)", "abuse implied"),
        ("past!abuse", "abuse past"),
        ("abuse (past)", "abuse past"),
        ("history of child neglect", "child-neglect past"),
        ("a bit of blood", "blood mild"),
        ("very minor violence", "violence mild"),
        ("violence (canon typical)", "violence"),
        ("non-graphic violence", "violence mild"),
        ("torture (offscreen)", "torture implied"),
        ("heavily implied suicide", "suicide implied"),
        ("discussions of homophobia & transphobia", "homophobia implied, transphobia implied"),
        ("mentions of abuse and mild violence", "abuse implied, violence mild"),
        ("abuse and neglect (past)", "abuse past, neglect past"),
        ("attempted kidnapping", "abduction attempted"),
        ("noncon?", "non-con loose"),
        ("dubcon if you squint", "dubious-consent loose"),
        ("kinda dubcon ig", "dubious-consent loose"),
        ("dub-con-ish", "dubious-consent loose"),
        ("tw; brief mention of child negelct in ch. 4", "child-neglect implied"),
        ("trigger--eating disorder", "eating-disorders"),
        ("BIG CW for suicide", "suicide"),
        ("Torture tw", "torture"),
        ("and also incest", "incest"),
        ("stillbirth in chapter 13", "stillbirth"),
        ("physical and verbal abuse", "physical-abuse, verbal-abuse"),
        ("past abuse (verbal)", "abuse past, verbal-abuse past"),
    ]);
}

#[test]
fn words_written_together_are_cut() {
    assert_meanings(&[
        ("Child!Abuse", "child-abuse"),
        ("#childabuse", "child-abuse"),
        ("domesticviolence", "domestic-violence"),
        ("MentionsOfAbuse", "abuse implied"),
        ("mentionsofabuse", "abuse implied"),
        ("BloodAndGore", "blood-and-gore"),
        // not "the rapist", "death" and "stroke", or "blood" and "bath"
        ("Therapist", ""),
        ("Deathstroke", ""),
        ("Bloodbath", ""),
        ("Supernatural", ""),
    ]);
}

#[test]
fn misspellings_are_understood_and_told_apart() {
    assert_meanings(&[
        ("Absuive Relationship", "abusive-relationships"),
        ("domestic voilence", "domestic-violence"),
        ("breif metnions of sexual assualt", "sexual-assault implied"),
        ("refrenced suicide attempt", "suicide-attempt implied"),
        ("major charcter death", "character-death"),
        ("kidnaping", "abduction"),
        // other words
        ("Amuse", ""),
        ("Sleepy Sex", ""),
        ("Cooking", ""),
        ("Mutation", ""),
        ("mentions of mutations", ""),
        ("Icest", "icest"),
        ("Inucest", ""),
    ]);
    assert!(vocabulary().resolve("Absuive Dad").is_some_and(|r| r.misspelt));
    assert!(vocabulary().resolve("Abusive Dad").is_some_and(|r| !r.misspelt));
}

#[test]
fn names_are_found_among_strange_words() {
    assert_meanings(&[
        ("Abused Adrien Agreste | Chat Noir", "abuse loose"),
        ("Abusive!Dursleys", "abuse loose"),
        ("her mother is abusive and everyone knows", "abuse loose"),
        ("Isaac Lahey's Past Abuse", "abuse loose"),
        ("Steve has panic attacks", "panic-attacks loose"),
        ("Peter Parker gets kidnapped", "abduction loose"),
        ("teacher abuse", "abuse"),
        ("institutional abuse", "abuse"),
        ("abuse of a minor", "child-abuse"),
        ("Hannibal is Not a Cannibal", "no cannibalism"),
    ]);
}

#[test]
fn denials_are_heard() {
    assert_meanings(&[
        ("No Smut", "no-smut"),
        ("No Underage Sex", "no-underage-sex"),
        ("Non-incest", "no-incest"),
        ("Not incest", "no-incest"),
        ("this is not incest", "no-incest"),
        ("no rape/noncon", "no non-con"),
        ("no major character death i promise", "no character-death"),
        ("absolutely no abuse", "no abuse"),
        ("abuse but not between the main pairing", "abuse loose"),
        ("the rape isn't A/B", ""),
    ]);
}

#[test]
fn false_friends_are_not_warnings() {
    let friends = [
        "holographic",
        "Graphic Novel",
        "Fan Graphic",
        "graphic depictions of holding hands",
        "Betazoid",
        "Alpha/Beta/Omega Dynamics",
        "beta canon",
        "Captain America",
        "cemetery",
        "environmental suits",
        "Half-Blood Prince",
        "Bloodborne",
        "Ties of Blood and Water",
        "Death Eaters",
        "Deathly Hallows",
        "Black Death",
        "no beta we die like men",
        "no beta we die like Javert",
        "I died writing this",
        "Death from Old Age",
        "Gay Panic",
        "don't panic",
        "Ed Sheeran",
        "Roy/Ed",
        "Bang Chan",
        "Wincest",
        "Underage Kissing",
        "he's a major character to me",
        "needle felting",
        "word vomit",
        "Wing Grooming",
        "Shotgunning",
        "Studying",
        "Elemental",
        "Asexual Character",
        "Hannibal is a Cannibal",
        "Dead Dove Week",
        "Character Death Fix",
        "Fix-It",
        "Everybody Lives",
        "Explicit Consent",
        "Enthusiastic Consent",
        "non-consensual haircut",
        "Non-Consensual Cuddling",
        "Abuse of Alliteration",
        "abuse of italics",
        "abuse of the English language",
        "author abuses italics",
        "Coffee Abuse",
        "caps lock abuse",
        "Suicide Squad",
        "Episode: s02e16 Suicide Squad",
        "Great Depression",
        "Rape Culture",
        "Starvation Games",
        "killing time",
        "Panic! At the Disco",
        "DRAMAtical Murder",
        "I murder canon",
        "Nipple Torture",
        "Alternate Universe - War",
    ];
    let content: Vec<&str> = friends
        .into_iter()
        .filter(|friend| {
            vocabulary().read(friend).iter().any(|r| vocabulary().tag(r.tag).unwrap().category == "content")
        })
        .collect();
    assert!(content.is_empty(), "{content:?}");
}

/// The labels of the Webis taxonomy of content warnings, and the tags that stand for them.
#[test]
fn every_label_of_the_taxonomy_has_its_tag() {
    let labels = [
        ("homophobia", "homophobia"),
        ("transphobia", "transphobia"),
        ("classism", "classism"),
        ("sexism", "misogyny"),
        ("racism", "racism"),
        ("religious-discrimination", "religious-discrimination"),
        ("ableism", "ableism"),
        ("body-shaming", "body-shaming"),
        ("other-discrimination", "ageism"),
        ("violence", "violence"),
        ("kidnapping", "abduction"),
        ("death", "death"),
        ("collective-violence", "war"),
        ("other-aggression", "slavery"),
        ("abuse", "abuse"),
        ("sexual-abuse", "sexual-abuse"),
        ("child-abuse", "child-abuse"),
        ("animal-abuse", "animal-abuse"),
        ("abusive-language", "hate-speech"),
        ("other-abuse", "stalking"),
        ("miscarriage", "miscarriage"),
        ("abortion", "abortion"),
        ("childbirth", "childbirth"),
        ("other-pregnancy", "breastfeeding"),
        ("blood-gore", "blood-and-gore"),
        ("procedures", "medical-procedures"),
        ("other-medical", "bodily-fluids"),
        ("dysmorphia", "body-dysphoria"),
        ("self-harm", "self-harm"),
        ("suicide", "suicide"),
        ("mental-illness", "mental-health-issues"),
        ("addiction", "addiction"),
        ("other-mental-health", "trauma"),
        ("pornography", "pornography"),
        ("incest", "incest"),
        ("other-sexual", "sex-work"),
    ];
    assert_eq!(labels.len(), 36);
    let missing: Vec<_> = labels.iter().filter(|l| vocabulary().tag_id(l.1).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let declares = |tag: &str, other: &str| {
        let id = |id| vocabulary().tag_id(id).unwrap();
        vocabulary().tag(id(tag)).unwrap().declares.contains(&id(other))
    };
    assert!(declares("sexism", "misogyny") && declares("misogyny", "sexism"));
    assert!(declares("genocide", "violence") && declares("twincest", "incest"));
}
