//! Requests, answers, and what is stored.

use nodus_core::msg::answer::{Answer, Body, Entry};
use nodus_core::msg::card::Card;
use nodus_core::msg::cell::CellHeader;
use nodus_core::msg::place::{self, BoxPlace, Place};
use nodus_core::msg::receipt::Receipt;
use nodus_core::msg::request::{Authority, Op, Request};
use nodus_core::msg::value::Millis;

use super::{NOW, Rng, Sample, add};

fn places(rng: &mut Rng) -> [Place; 5] {
    let (write, owner) = (rng.array(), rng.array());
    let place = |kind, day, write_pk, owner_pk| {
        Place::Box(BoxPlace {
            kind,
            day,
            write_pk,
            owner_pk,
        })
    };
    [
        place(place::PAIR, 324, write, write),
        place(place::INBOX, u16::MAX, [0; 32], owner),
        place(place::INVITE, 0, write, owner),
        place(place::PRESENCE, 1, write, owner),
        Place::Card {
            address: rng.array(),
        },
    ]
}

pub fn requests(out: &mut Vec<Sample>, rng: &mut Rng) {
    let [pair, inbox, invite, presence, card] = places(rng);
    let nobody = Authority {
        signer: 0,
        sig: [0; 64],
    };
    let writer = Authority {
        signer: 1,
        sig: rng.array(),
    };
    let owner = Authority {
        signer: 2,
        sig: rng.array(),
    };
    let (tag, hash, header, token) = (rng.array(), rng.array(), rng.array(), rng.array());
    let (sent, session) = (NOW, rng.array());
    let mut request = |title, op| {
        add(
            out,
            "request",
            title,
            Request {
                inner_id: Rng::new(9).array(),
                op,
            },
        );
    };
    let put = |place: &Place, authority: &Authority, cell| Op::Put {
        place: place.clone(),
        authority: authority.clone(),
        stamp: u64::MAX,
        cell,
    };
    request("put, pair, 2 KiB", put(&pair, &writer, rng.vec(2_048)));
    request(
        "put, inbox, 2 KiB that ends in zeros",
        put(&inbox, &nobody, vec![0; 2_048]),
    );
    request("put, card, 16 KiB", put(&card, &nobody, rng.vec(16_384)));
    request(
        "list, pair",
        Op::List {
            place: pair.clone(),
            sent,
            authority: owner.clone(),
        },
    );
    let tags = (0..30).map(|_| rng.array()).collect();
    request(
        "get, invite, thirty tags",
        Op::Get {
            place: invite,
            sent,
            tags,
            authority: writer,
        },
    );
    let unsigned = Op::Get {
        place: card,
        sent: Millis(0),
        tags: Vec::new(),
        authority: nobody,
    };
    request("get, card, unsigned", unsigned);
    request(
        "have, presence",
        Op::Have {
            place: presence,
            tag,
            hash,
        },
    );
    request(
        "watch, inbox",
        Op::Watch {
            place: inbox,
            sent,
            authority: owner,
        },
    );
    request(
        "delete, pair, revoked",
        Op::Delete {
            place: pair,
            header,
            reason: 2,
            sig: rng.array(),
        },
    );
    request(
        "knock, contact",
        Op::Knock {
            session,
            reason: 2,
            token,
            record: rng.vec(154),
        },
    );
    // 16 + 1 + 32 + 2 + 173 = 224, and 224 + 32 = 256: the one length without padding.
    let exact = "v=0\r\n".repeat(44) + "a";
    request(
        "offer without padding",
        Op::Offer {
            session,
            sdp: exact,
        },
    );
    request(
        "offer, not only ASCII",
        Op::Offer {
            session,
            sdp: "s=ü–😀\r\n".into(),
        },
    );
}

pub fn answers(out: &mut Vec<Sample>, rng: &mut Rng) {
    let inner_id = rng.array();
    let mut answer = |title, code, body| {
        add(
            out,
            "answer",
            title,
            Answer {
                inner_id,
                code,
                body,
            },
        );
    };
    let (header, sig, tag) = (rng.array(), rng.array(), rng.array());
    let receipt = Receipt {
        address: rng.array(),
        tag,
        hash: rng.array(),
        expiry: 1_324,
        holder: rng.array(),
        sig: rng.array(),
    };
    let authority = Authority { signer: 1, sig };
    answer("none, quota", 2, Body::None);
    answer("price", 1, Body::Price { bits: 14 });
    answer("stored", 0, Body::Stored { receipt });
    answer(
        "listed, nothing",
        0,
        Body::Listed {
            entries: Vec::new(),
        },
    );
    let entries = vec![
        Entry { header, state: 1 },
        Entry {
            header: rng.array(),
            state: 2,
        },
    ];
    answer("listed, one held, one deleted", 0, Body::Listed { entries });
    answer("state, absent", 0, Body::State { state: 0 });
    let (cell, stamp) = (rng.vec(4_096), rng.next());
    answer(
        "cell, 4 KiB",
        0,
        Body::Cell {
            left: 3,
            authority,
            stamp,
            cell,
        },
    );
    answer(
        "tombstone, used",
        0,
        Body::Tombstone {
            left: 0,
            header,
            reason: 1,
            sig,
        },
    );
    answer("missing", 0, Body::Missing { left: 255, tag });
    answer("notify", 0, Body::Notify { header });
    answer("welcome", 0, Body::Welcome);
    answer(
        "refuse, crossing",
        0,
        Body::Refuse {
            code: 2,
            retry_after: 300,
        },
    );
    answer("linked", 0, Body::Linked);
    answer(
        "answer",
        0,
        Body::Sdp {
            sdp: "v=0\r\n".into(),
        },
    );
    answer("none, malformed", 10, Body::None);
    answer("ended, read", 0, Body::Ended { reason: 0, sig });
    answer("ended, deleted", 6, Body::Ended { reason: 2, sig });
}

pub fn stored(out: &mut Vec<Sample>, rng: &mut Rng) {
    let header = CellHeader {
        version: 1,
        suite: 1,
        expiry: 1_324,
        tag: rng.array(),
    };
    add(out, "cellHeader", "header", header);
    let card = Card {
        version: 1,
        ed_pk: rng.array(),
        mldsa_pk: rng.array(),
        generation: 466_560,
        seq: 467_280,
        inbox_pk: rng.array(),
        x25519_pk: rng.array(),
        mlkem_pk: rng.array(),
        stamp_bits: 22,
        expiry: 1_352,
        reserved: [0; 64],
        sig_ed: rng.array(),
        sig_mldsa: rng.array(),
    };
    add(out, "card", "card", card);
}
