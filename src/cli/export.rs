//! `export`: the annotations in another format, and what that format could not hold.

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::interrupts::Interrupts;
use super::listing::{count, one_line};
use super::{complain, project};
use crate::app::outside::{self, OutsideError, Written};
use crate::exchange::{self, ExchangeError, Format, Loss, OneFile, Options, Out, Scope};
use crate::store::{self, OpenMode, Opened};

/// The verb `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The project, or a folder of documents
    project: PathBuf,

    /// The format; «hashiya formats» lists them
    #[arg(long, value_name = "F")]
    format: String,

    /// The file to write (one that exists is replaced), or the folder to make; «-» writes a file to standard output, and losses to standard error
    #[arg(long, value_name = "PATH")]
    out: PathBuf,

    /// Read it back and compare it with the project before it takes its place
    #[arg(long)]
    verify: bool,

    /// Begin the file with a byte order mark, which some spreadsheets need (csv)
    #[arg(long)]
    bom: bool,

    /// Write into a folder that is not empty (formats that make a folder)
    #[arg(long)]
    force: bool,
}

impl Export {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<(), Failure> {
        let format = self.format()?;
        self.check_place(format)?;
        let coder = store::default_coder();
        let located = project::locate(&self.project, &coder)?;
        if !self.is_output() {
            self.check_outside(&located.place)?;
        }
        let opened = project::open(&located, &coder, OpenMode::ReadOnly)?;
        if opened.report.is_damaged() {
            let place = located.place.display();
            let advice = "put the files named above back from a copy";
            return Err(Failure::Failed(format!("«{place}» is damaged, so nothing was exported; {advice}")));
        }
        let said = |loss: &Loss| match loss.annotation {
            Some(id) => format!("{id}: {}", one_line(&loss.to_string())),
            None => format!("project: {}", one_line(&loss.to_string())),
        };
        if self.is_output() {
            let losses = self.print(format, &opened, out)?;
            out.flush()?;
            losses.iter().for_each(|loss| complain(&said(loss)));
            return Ok(());
        }
        let Written { losses, read_back } = self.write(format, &opened)?;
        for loss in &losses {
            writeln!(out, "{}", said(loss))?;
        }
        out.flush()?;
        // Not among the losses: scripts read those line by line.
        match read_back {
            Some(number) => complain(&format!("read back: {}, the same", count(number, "annotation"))),
            None if self.verify => {
                let out = self.out.display();
                complain(&format!("{format} has no reader here, so «{out}» was not read back"));
            }
            None => {}
        }
        Ok(())
    }

    fn format(&self) -> Result<Format, Failure> {
        let format = format_of(&self.format)?;
        if self.bom && !format.info().byte_order_mark {
            let with = "it goes only with --format csv";
            return Err(Failure::WrongUse(format!("--bom has no meaning in {format}; {with}")));
        }
        Ok(format)
    }

    /// Whether it goes to standard output.
    fn is_output(&self) -> bool {
        self.out.as_os_str() == "-"
    }

    /// Refuses an `--out` that cannot become a file or a folder, before anything else is done.
    fn check_place(&self, format: Format) -> Result<(), Failure> {
        let out = &self.out;
        let wrong = |why: &str| Err(Failure::WrongUse(format!("--out «{}» {why}", out.display())));
        let is_folder = format.info().out == Out::Folder;
        if self.is_output() {
            return match is_folder {
                true => wrong(&format!(
                    "means standard output, and {format} makes a folder of files; give the name of a folder"
                )),
                false if self.verify => {
                    wrong("means standard output, which --verify cannot read back; give the name of a file")
                }
                false => Ok(()),
            };
        }
        if out.is_dir() && !is_folder {
            return wrong("is a folder; give the name of a file");
        }
        if is_folder && fs::symlink_metadata(out).is_ok() && !out.is_dir() {
            return wrong("is a file, and this format makes a folder; give the name of a new one");
        }
        if out.is_dir() {
            let mut inside = fs::read_dir(out).map_err(|why| {
                Failure::Failed(format!("cannot read «{}»: {why}; choose another folder", out.display()))
            })?;
            return match inside.next() {
                Some(_) if !self.force => {
                    let advice = "give a new one, or write into it with --force";
                    Err(Failure::Failed(format!("the folder «{}» is not empty; {advice}", out.display())))
                }
                _ => Ok(()),
            };
        }
        match out.file_name() {
            None => wrong("is no name; give one"),
            Some(_) if !folder_of(out).is_dir() => {
                let (out, folder) = (out.display(), folder_of(out).display());
                let why = format!("cannot write «{out}»: there is no folder «{folder}»; make it first");
                Err(Failure::Failed(why))
            }
            Some(_) => Ok(()),
        }
    }

    /// Refuses to write among the project's own files.
    fn check_outside(&self, place: &Path) -> Result<(), Failure> {
        let real = |path: &Path| fs::canonicalize(path).ok();
        let target = real(&self.out).or_else(|| real(folder_of(&self.out)));
        match (target, real(place)) {
            (Some(target), Some(place)) if target.starts_with(&place) => {
                let (out, place) = (self.out.display(), place.display());
                let why = format!(
                    "--out «{out}» lies in the project folder «{place}»; write the export outside it"
                );
                Err(Failure::WrongUse(why))
            }
            _ => Ok(()),
        }
    }

    /// Writes it to standard output. A signal ends the program as it ends any that prints: nothing on a disk is half done.
    fn print(&self, format: Format, opened: &Opened, out: &mut dyn Write) -> Result<Vec<Loss>, Failure> {
        let (project, options) = (&opened.project, Options { bom: self.bom });
        let go_on = |_, _| ControlFlow::Continue(());
        let mut sink = OneFile(out);
        let written = exchange::write(format, project, &Scope::Project, options, &mut sink, &go_on);
        written.map_err(|why| match why {
            ExchangeError::Io(why) => why.into(),
            why => Failure::Failed(format!(
                "cannot export as {format}: {why}; what was printed is not whole; run «hashiya check» on the project"
            )),
        })
    }

    fn write(&self, format: Format, opened: &Opened) -> Result<Written, Failure> {
        // Up to here nothing was written, and a signal may end the program wherever it is.
        let interrupts = Interrupts::watch();
        let failed = |why: OutsideError| {
            match why {
            why if why.is_cancelled() => interrupts.failure(format!(
                "the export to «{}» was interrupted; nothing of it is left, and what stood there before is untouched",
                self.out.display()
            )),
            OutsideError::Store(why) => why.into(),
            OutsideError::NotTheSame(_) => {
                let advice = "run «hashiya check» on the project, and export it in another format meanwhile";
                Failure::Failed(format!("cannot export to «{}»: {why}; {advice}", self.out.display()))
            }
            OutsideError::Exchange(why) => {
                let advice = match why {
                    ExchangeError::QuoteDiffers(_) => "run «hashiya check» on the project",
                    _ => "check the disk, or write it elsewhere",
                };
                Failure::Failed(format!("cannot export to «{}»: {why}; {advice}", self.out.display()))
            }
        }
        };
        let export = outside::Export {
            project: &opened.project,
            scope: &Scope::Project,
            format,
            options: Options { bom: self.bom },
            force: self.force,
            verify: self.verify,
        };
        export.write(&self.out, interrupts.progress()).map_err(failed)
    }
}

/// The format of a name on the command line.
pub(super) fn format_of(name: &str) -> Result<Format, Failure> {
    name.parse().map_err(|why| {
        let names: Vec<&str> = Format::all().map(|format| format.info().name).collect();
        Failure::WrongUse(format!("--format: {why}; give one of {}", names.join(", ")))
    })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
