//! The two messages that prove their author by key and work: the contact record and the routed message.
//!
//! Their layouts are in `msg`; here they are signed, verified and tied to a NodeID. Layer: above `msg`, `sign` and `id`.

use crate::crypto::hash;
use crate::id::{Network, NodeId, Work};
use crate::msg::Message;
use crate::msg::record::ContactRecord;
use crate::msg::routed::{NewRouted, RoutedView};
use crate::purpose::Purpose;
use crate::sign;
use crate::wire::{DecodeError, EncodeError, Frame};

/// Signs a record and encodes it; the signature it holds is ignored.
pub fn sign_record(
    secret: &[u8; 32],
    network: &Network,
    mut record: ContactRecord,
) -> Result<Vec<u8>, EncodeError> {
    record.sig = sign::sign(secret, Purpose::RECORD, network, &[&record.unsigned()?]);
    record.encode()
}

/// Checks layout, work and signature of a record, in this order; its times are the caller's business.
pub fn check_record(
    network: &Network,
    bits: u32,
    bytes: &[u8],
) -> Result<(ContactRecord, NodeId), DecodeError> {
    let record = ContactRecord::decode(bytes)?;
    let work = record_work(&record);
    let id = NodeId::of_work(network, &work, bits).ok_or(DecodeError::Signature)?;
    let (signed, sig) = ContactRecord::signed_part(bytes)?;
    if !sign::verify(&record.ed_pk, sig, Purpose::RECORD, network, &[signed]) {
        return Err(DecodeError::Signature);
    }
    Ok((record, id))
}

/// The key and work of a record.
pub const fn record_work(record: &ContactRecord) -> Work {
    Work {
        ed_pk: record.ed_pk,
        nonce: record.nonce,
        period: record.period,
    }
}

/// The key and work of the origin of a routed message.
#[inline]
pub fn routed_work(view: &RoutedView<'_>) -> Work {
    Work {
        ed_pk: *view.ed_pk(),
        nonce: view.nonce(),
        period: view.period(),
    }
}

/// Signs a routed message and gives its frame.
pub fn sign_routed(
    secret: &[u8; 32],
    network: &Network,
    message: &NewRouted<'_>,
) -> Result<Vec<u8>, EncodeError> {
    let signed = message.signed_bytes(&hash(Purpose::PAYLOAD, &[message.payload]));
    message.encode_frame(&sign::sign(secret, Purpose::ROUTED, network, &[&signed]))
}

/// Decodes a routed frame that ended here and checks its origin's work and signature, in this order.
pub fn open_routed<'a>(
    network: &Network,
    bits: u32,
    frame: &'a [u8],
) -> Result<(RoutedView<'a>, NodeId), DecodeError> {
    let Frame { kind, payload } = Frame::decode(frame)?;
    let view = RoutedView::parse(kind, payload)?;
    let origin =
        NodeId::of_work(network, &routed_work(&view), bits).ok_or(DecodeError::Signature)?;
    let signed = view.signed_bytes(&hash(Purpose::PAYLOAD, &[view.payload()]));
    if !sign::verify(
        view.ed_pk(),
        view.sig(),
        Purpose::ROUTED,
        network,
        &[&signed],
    ) {
        return Err(DecodeError::Signature);
    }
    Ok((view, origin))
}
