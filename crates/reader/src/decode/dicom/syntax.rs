//! Transfer syntaxes (PS3.5, section 10 and annex A): how a data set and its pixel data are encoded.

use std::fmt;

use super::super::check::error;
use crate::{Kind, Result};

/// How the elements of a data set are encoded (PS3.5, section 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Without value representations, least significant byte first.
    ImplicitLittle,
    /// With value representations, least significant byte first.
    ExplicitLittle,
    /// With value representations, most significant byte first (retired).
    ExplicitBig,
}

/// How pixel data are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    /// As they are (PS3.5, section 8.2 and A.1 to A.3).
    Native,
    /// Run lengths (PS3.5, annex G).
    Rle,
    /// JPEG, of the process that its own frame header names (PS3.5, A.4.1).
    Jpeg,
    /// JPEG-LS (PS3.5, A.4.3).
    JpegLs,
    /// JPEG 2000 and High-Throughput JPEG 2000 (PS3.5, A.4.4 and A.4.12).
    Jpeg2000,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native => "not compressed",
            Self::Rle => "RLE",
            Self::Jpeg => "JPEG",
            Self::JpegLs => "JPEG-LS",
            Self::Jpeg2000 => "JPEG 2000",
        })
    }
}

/// A transfer syntax that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    pub(super) encoding: Encoding,
    pub(super) codec: Codec,
    /// The data set itself is deflated (PS3.5, A.5).
    pub(super) deflated: bool,
}

impl Syntax {
    /// A data set whose pixel data are not compressed.
    pub(super) fn native(encoding: Encoding) -> Self {
        Self { encoding, codec: Codec::Native, deflated: false }
    }

    /// The syntax of a UID (PS3.6, table A-1).
    ///
    /// # Errors
    /// [`Kind::UnsupportedTransferSyntax`], naming it, for one that is not read.
    pub(super) fn from_uid(uid: &str) -> Result<Self> {
        let compressed = |codec| Ok(Self { codec, ..Self::native(Encoding::ExplicitLittle) });
        match uid {
            "1.2.840.10008.1.2" => Ok(Self::native(Encoding::ImplicitLittle)),
            "1.2.840.10008.1.2.1" => Ok(Self::native(Encoding::ExplicitLittle)),
            "1.2.840.10008.1.2.1.99" => Ok(Self { deflated: true, ..Self::native(Encoding::ExplicitLittle) }),
            "1.2.840.10008.1.2.2" => Ok(Self::native(Encoding::ExplicitBig)),
            "1.2.840.10008.1.2.5" => compressed(Codec::Rle),
            "1.2.840.10008.1.2.4.50"
            | "1.2.840.10008.1.2.4.51"
            | "1.2.840.10008.1.2.4.57"
            | "1.2.840.10008.1.2.4.70" => compressed(Codec::Jpeg),
            "1.2.840.10008.1.2.4.80" | "1.2.840.10008.1.2.4.81" => compressed(Codec::JpegLs),
            "1.2.840.10008.1.2.4.90"
            | "1.2.840.10008.1.2.4.91"
            | "1.2.840.10008.1.2.4.201"
            | "1.2.840.10008.1.2.4.202"
            | "1.2.840.10008.1.2.4.203" => compressed(Codec::Jpeg2000),
            other => {
                let name = UNREAD.iter().find(|(uid, _)| *uid == other).map_or("unknown or private", |(_, name)| name);
                Err(error(
                    Kind::UnsupportedTransferSyntax,
                    format!("the DICOM file's transfer syntax is not read: {name} ({other})"),
                ))
            }
        }
    }
}

/// Syntaxes that are known by name only.
const UNREAD: [(&str, &str); 27] = [
    ("1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian"),
    ("1.2.840.10008.1.2.4.52", "JPEG Extended (Process 3 and 5)"),
    ("1.2.840.10008.1.2.4.53", "JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)"),
    ("1.2.840.10008.1.2.4.54", "JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9)"),
    ("1.2.840.10008.1.2.4.55", "JPEG Full Progression, Non-Hierarchical (Process 10 and 12)"),
    ("1.2.840.10008.1.2.4.56", "JPEG Full Progression, Non-Hierarchical (Process 11 and 13)"),
    ("1.2.840.10008.1.2.4.58", "JPEG Lossless, Non-Hierarchical (Process 15)"),
    ("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component (Lossless Only)"),
    ("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component"),
    ("1.2.840.10008.1.2.4.94", "JPIP Referenced"),
    ("1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate"),
    ("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level"),
    ("1.2.840.10008.1.2.4.101", "MPEG2 Main Profile / High Level"),
    ("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1"),
    ("1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1"),
    ("1.2.840.10008.1.2.4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video"),
    ("1.2.840.10008.1.2.4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video"),
    ("1.2.840.10008.1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2"),
    ("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile / Level 5.1"),
    ("1.2.840.10008.1.2.4.108", "HEVC/H.265 Main 10 Profile / Level 5.1"),
    ("1.2.840.10008.1.2.4.110", "JPEG XL Lossless"),
    ("1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression"),
    ("1.2.840.10008.1.2.4.112", "JPEG XL"),
    ("1.2.840.10008.1.2.4.204", "JPIP HTJ2K Referenced"),
    ("1.2.840.10008.1.2.4.205", "JPIP HTJ2K Referenced Deflate"),
    ("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression"),
    ("1.2.840.113619.5.2", "GE Private Implicit VR Big Endian"),
];
