//! What belongs to a file that was chosen out of a folder: the other files of its document, and what says how the folder is to be read.
//!
//! A person who has the file of one document chooses that file; without those beside it its text or the names of its tags would be missing.

use super::Format;

/// The endings of the files that brat keeps of one document.
const BRAT: [&str; 4] = ["txt", "ann", "a1", "a2"];

impl Format {
    /// Whether an import of a file takes another file of the same folder along, both by their names.
    pub fn takes_along(self, chosen: &str, beside: &str) -> bool {
        let ((stem, ending), (other_stem, other_ending)) = (parted(chosen), parted(beside));
        match self.info().name {
            "brat" if BRAT.contains(&ending) => {
                matches!(beside, "annotation.conf" | "visual.conf")
                    || (stem == other_stem && BRAT.contains(&other_ending))
            }
            "cas-xmi" if matches!(ending, "xmi" | "xml") => beside.eq_ignore_ascii_case("TypeSystem.xml"),
            _ => false,
        }
    }
}

fn parted(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or((name, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_takes_along_what_belongs_to_its_document_and_its_folder() {
        for (format, chosen, beside, along) in [
            ("brat", "خبر.ann", "خبر.txt", true),
            ("brat", "خبر.txt", "خبر.ann", true),
            ("brat", "b.a1", "b.a2", true),
            ("brat", "b.ann", "visual.conf", true),
            ("brat", "b.ann", "annotation.conf", true),
            ("brat", "b.ann", "bb.txt", false),
            ("brat", "b.ann", "b.json", false),
            ("brat", "visual.conf", "b.ann", false),
            ("cas-xmi", "b.xmi", "TypeSystem.xml", true),
            ("cas-xmi", "b.xmi", "typesystem.xml", true),
            ("cas-xmi", "b.xmi", "b.txt", false),
            ("cas-xmi", "b.xmi", "c.xmi", false),
            ("csv", "b.csv", "b.txt", false),
        ] {
            let format: Format = format.parse().expect("a format");
            assert_eq!(format.takes_along(chosen, beside), along, "{format}: {chosen}, {beside}");
        }
    }
}
