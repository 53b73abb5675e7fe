//! What the fuzz targets check: no panic, and only what the encoder writes is taken; for the table see `table`.

mod table;

use nodus_core::id::Network;
use nodus_core::msg::named;
use nodus_core::msg::routed::{NewRouted, RoutedView};
use nodus_core::msg::tree::Tree;
use nodus_core::signed;
use nodus_core::wire::Frame;

pub use table::play as table;

/// Any message, by its name.
pub fn message(name: &str, data: &[u8]) {
    if let Ok(value) = named::decode::<Tree>(name, data) {
        let again = named::encode(name, &value).expect("what was decoded can be encoded");
        assert_eq!(again, data);
    }
}

/// The frame around a message.
pub fn frame(data: &[u8]) {
    if let Ok(frame) = Frame::decode(data) {
        assert_eq!(
            frame.encode().expect("what was decoded can be encoded"),
            data
        );
    }
}

/// A whole routed frame.
pub fn routed(data: &[u8]) {
    let Ok(frame) = Frame::decode(data) else {
        return;
    };
    let Ok(view) = RoutedView::parse(frame.kind, frame.payload) else {
        return;
    };
    let avoid: Vec<[u8; 8]> = view.avoid().copied().collect();
    let again = NewRouted {
        kind: view.kind(),
        target: view.target(),
        exact: view.exact(),
        ttl: view.ttl(),
        ed_pk: view.ed_pk(),
        nonce: view.nonce(),
        period: view.period(),
        sent: view.sent(),
        id: view.id(),
        avoid: &avoid,
        payload: view.payload(),
    }
    .encode_frame(view.sig());
    assert_eq!(again.expect("what was decoded can be encoded"), data);
}

/// Signatures over what a stranger chose: a record or a routed frame, without any work. Nobody can forge one by chance.
pub fn signed(data: &[u8]) {
    let network = Network([7; 16]);
    assert!(signed::check_record(&network, 0, data).is_err());
    assert!(signed::open_routed(&network, 0, data).is_err());
}
