//! What goes out in a format and comes back is what it was, but for the losses that the export declared.

#[path = "exchange/support.rs"]
mod support;

use hashiya::exchange::{self, Format, Scope};
use proptest::prelude::*;
use support::{any_project, export, left_out};

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_format_with_a_reader_gives_back_the_project_but_for_its_losses(project in any_project()) {
        for format in Format::all() {
            let (mut out, losses) = export(format, &project, &Scope::Project);
            prop_assert_eq!(&out, &export(format, &project, &Scope::Project).0, "{} twice", format);
            for loss in &losses {
                prop_assert!(format.info().loses.contains(&loss.lost), "{} does not declare: {}", format, loss);
            }
            if format.info().read.is_some() {
                let read = exchange::verify(format, &project, &Scope::Project, &losses, &mut out);
                match read {
                    Ok(count) => {
                        prop_assert_eq!(count + left_out(&losses, &project), project.annotation_count());
                    }
                    Err(why) => {
                        let text: Vec<_> = out.files.iter().map(|(name, file)| (name, String::from_utf8_lossy(file))).collect();
                        prop_assert!(false, "{}: {}\n{:#?}", format, why, text);
                    }
                }
            }
        }
    }
}
