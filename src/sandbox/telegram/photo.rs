//! Pictures, as far as the platform looks into them when they are sent.

use crate::sandbox::telegram::refusal::Refusal;

/// Bytes of a picture (S: 10 MB).
const LARGEST: usize = 10 << 20;
/// Width and height together, in pixels; one may be at most 20 times the other.
const SIDES: u32 = 10_000;
const RATIO: u32 = 20;

/// Width and height, in pixels. Only PNG files say theirs here; others that are pictures count as 1280 × 720.
///
/// # Errors
/// 400 for what is no picture or has a shape that the platform refuses.
pub(crate) fn size(bytes: &[u8]) -> Result<(u32, u32), Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::bad("file must be non-empty"));
    }
    if bytes.len() > LARGEST {
        return Err(Refusal::bad("file is too big"));
    }
    let (width, height) = match bytes {
        [
            0x89,
            b'P',
            b'N',
            b'G',
            b'\r',
            b'\n',
            0x1a,
            b'\n',
            _,
            _,
            _,
            _,
            b'I',
            b'H',
            b'D',
            b'R',
            rest @ ..,
        ] => {
            let side = |at: usize| rest.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
            match (side(0), side(4)) {
                (Some(width), Some(height)) => (width, height),
                _ => return Err(Refusal::bad("IMAGE_PROCESS_FAILED")),
            }
        }
        [0xff, 0xd8, 0xff, ..] | [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            (1280, 720)
        }
        _ => return Err(Refusal::bad("IMAGE_PROCESS_FAILED")),
    };
    let (short, long) = (width.min(height), width.max(height));
    if short == 0 || width.saturating_add(height) > SIDES || long / short > RATIO {
        return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok((width, height))
}
