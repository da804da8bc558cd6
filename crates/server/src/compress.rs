//! Compresses whole answers.
//!
//! In:    bytes, and the coding that was chosen.
//! Out:   the coded bytes.
//! Never: a long stop of the thread: large bodies are compressed elsewhere.

use std::cell::RefCell;
use std::io;

use bytes::Bytes;

use crate::negotiate::Coding;

/// Bodies below this gain nothing worth the work, in bytes.
pub(crate) const SMALLEST: usize = 1024;
/// Bodies above this are compressed on a thread of their own, in bytes.
const LARGE: usize = 256 << 10;

thread_local! {
    static ZSTD: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    static GZIP: RefCell<libdeflater::Compressor> =
        RefCell::new(libdeflater::Compressor::new(gzip_level()));
}

fn gzip_level() -> libdeflater::CompressionLvl {
    libdeflater::CompressionLvl::new(1).unwrap_or_default()
}

/// Codes `bytes`; identity gives them back.
///
/// # Errors
///
/// The coder's own failure; the bytes can still be sent as they are.
pub(crate) async fn compress(bytes: &Bytes, coding: Coding) -> io::Result<Bytes> {
    if bytes.len() <= LARGE {
        return code(bytes, coding);
    }
    let bytes = bytes.clone();
    tokio::task::spawn_blocking(move || code(&bytes, coding)).await.map_err(io::Error::other)?
}

fn code(bytes: &Bytes, coding: Coding) -> io::Result<Bytes> {
    match coding {
        Coding::Identity => Ok(bytes.clone()),
        Coding::Zstd => ZSTD.with_borrow_mut(|slot| {
            let compressor = match slot {
                Some(compressor) => compressor,
                None => slot.insert(zstd::bulk::Compressor::new(3)?),
            };
            compressor.compress(bytes).map(Bytes::from)
        }),
        Coding::Gzip => GZIP.with_borrow_mut(|compressor| {
            let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
            let length = compressor.gzip_compress(bytes, &mut out).map_err(io::Error::other)?;
            out.truncate(length);
            Ok(Bytes::from(out))
        }),
        Coding::Brotli => {
            let parameters = brotli::enc::BrotliEncoderParams {
                quality: 4,
                size_hint: bytes.len(),
                ..Default::default()
            };
            let mut out = Vec::with_capacity(bytes.len() / 2);
            brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
            Ok(Bytes::from(out))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use bytes::Bytes;

    use super::{LARGE, compress};
    use crate::negotiate::Coding;

    fn undo(bytes: &[u8], coding: Coding) -> Vec<u8> {
        let mut out = Vec::new();
        let done = match coding {
            Coding::Identity => {
                out.extend_from_slice(bytes);
                Ok(0)
            }
            Coding::Zstd => zstd::stream::copy_decode(bytes, &mut out).map(|()| 0),
            Coding::Gzip => flate2::read::GzDecoder::new(bytes).read_to_end(&mut out),
            Coding::Brotli => brotli::Decompressor::new(bytes, 4096).read_to_end(&mut out),
        };
        done.unwrap_or_else(|e| panic!("{coding:?}: {e}"));
        out
    }

    #[test]
    fn every_coding_gives_the_bytes_back() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.unwrap_or_else(|e| panic!("{e}"));
        for size in [0, 1, 5000, LARGE + 1] {
            let bytes: Bytes = (0..size).map(|i| b"abcdefgh"[i % 7]).collect();
            for coding in [Coding::Identity, Coding::Zstd, Coding::Gzip, Coding::Brotli] {
                let coded = runtime.block_on(compress(&bytes, coding));
                let coded = coded.unwrap_or_else(|e| panic!("{coding:?}: {e}"));
                assert_eq!(undo(&coded, coding), bytes, "{coding:?} {size}");
                assert!(size < 5000 || coding == Coding::Identity || coded.len() < size / 10);
            }
        }
    }
}
