//! Share links: a run's text in the `#` part of an address, `v1:` and the text,
//! or `v1z:` and the text deflated, both in the URL's base64 without padding.

use data_encoding::BASE64URL_NOPAD;

/// More than any run a person makes; a link that inflates to more is refused.
pub const TEXT_BYTES_MAX: usize = 4_000_000;

const PLAIN: &str = "v1:";
const DEFLATED: &str = "v1z:";
/// Below this length the readable form wins.
const PLAIN_BYTES_MAX: usize = 1000;

/// Why a link carries no run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkError {
    /// It was made by a newer playground.
    Newer,
    /// What follows its version is no base64, does not inflate, or is no UTF-8.
    Garbled,
    /// It would inflate to more than [`TEXT_BYTES_MAX`].
    TooLong,
}

/// The text a link (or just its fragment, with or without `#`) carries; `None`
/// if it carries none of ours.
///
/// # Errors
/// It claims to carry a run, but does not.
pub fn text_of(link: &str) -> Option<Result<String, LinkError>> {
    let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
    if let Some(body) = fragment.strip_prefix(PLAIN) {
        return Some(plain(body));
    }
    if let Some(body) = fragment.strip_prefix(DEFLATED) {
        return Some(inflated(body));
    }
    let (version, _) = fragment.split_once(':')?;
    let number = version.strip_prefix('v')?;
    let number = number.strip_suffix('z').unwrap_or(number);
    let versioned = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    versioned.then_some(Err(LinkError::Newer))
}

/// The fragment (without `#`) that carries a text.
#[must_use]
pub fn fragment_of(text: &str) -> String {
    let bytes = text.as_bytes();
    if bytes.len() <= PLAIN_BYTES_MAX {
        return format!("{PLAIN}{}", BASE64URL_NOPAD.encode(bytes));
    }
    let deflated = miniz_oxide::deflate::compress_to_vec(bytes, 9);
    format!("{DEFLATED}{}", BASE64URL_NOPAD.encode(&deflated))
}

fn bytes_of(body: &str) -> Result<Vec<u8>, LinkError> {
    BASE64URL_NOPAD
        .decode(body.trim_end_matches('=').as_bytes())
        .map_err(|_| LinkError::Garbled)
}

fn plain(body: &str) -> Result<String, LinkError> {
    String::from_utf8(bytes_of(body)?).map_err(|_| LinkError::Garbled)
}

fn inflated(body: &str) -> Result<String, LinkError> {
    use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
    let bytes =
        decompress_to_vec_with_limit(&bytes_of(body)?, TEXT_BYTES_MAX).map_err(|error| {
            if error.status == TINFLStatus::HasMoreOutput {
                LinkError::TooLong
            } else {
                LinkError::Garbled
            }
        })?;
    String::from_utf8(bytes).map_err(|_| LinkError::Garbled)
}
