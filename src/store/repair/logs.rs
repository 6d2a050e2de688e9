//! Histories and journals: what can be read of them goes on.

use super::Repair;
use super::pages::faulty;
use crate::model::History;
use crate::store::StoreError;
use crate::store::journal::{Journal, read_journal};
use crate::store::steps::{StepsFile, read_history, steps_name};
use crate::store::texts::Filler;

impl Repair<'_> {
    /// Begins the histories anew that cannot be read.
    pub(super) fn histories(&mut self) -> Result<(), StoreError> {
        let loaded = self.load()?;
        for name in faulty(&loaded.faults) {
            let Some(folder) = name.strip_prefix("history/").and_then(|name| name.strip_suffix(".ron"))
            else {
                continue;
            };
            let page = self.bytes(&name).unwrap_or_default();
            let path = self.place.join(&name);
            let none = || Ok(Vec::new());
            let steps = || self.disk().read(&self.place.join(steps_name(&name)));
            let mut history = History::default();
            let mut what = "begun anew: what was done before can no longer be undone".to_owned();
            let folded = match read_history(&path, &page, true, steps) {
                Ok(mut read) => {
                    let places = vec![self.place.clone()];
                    let mut filler = Filler::new(self.disk(), places, loaded.saved.documents().iter());
                    let lost = filler.fill_steps(&mut read.done) + filler.fill_steps(&mut read.undone);
                    what = format!("{lost} steps that need a missing text were left out");
                    history =
                        History::new(read.done.into_iter().collect(), read.undone.into_iter().collect());
                    read.folded
                }
                Err(_) => {
                    read_history(&path, &page, false, none).map(|page| page.folded).unwrap_or_else(|_| {
                        let journal = format!("journal/{folder}.ron");
                        read_journal(&journal, &self.bytes(&journal).unwrap_or_default()).folded
                    })
                }
            };
            let coder = self.coder_of(folder, &loaded.coders, None);
            let tables = self.count_tables(folder);
            self.keep(&steps_name(&name))?;
            let changes = StepsFile::default().changes(&coder, folded, tables, &history);
            for change in changes.map_err(self.unwritable(&name))?.changes {
                self.put(&change.name, change.bytes.as_deref(), &what)?;
            }
        }
        Ok(())
    }

    /// Takes out of the journals what cannot be read, and the edits that do not fit.
    pub(super) fn journals(&mut self) -> Result<(), StoreError> {
        let loaded = self.load()?;
        let names: std::collections::BTreeSet<&String> = loaded
            .faults
            .iter()
            .map(|fault| &fault.file)
            .filter(|name| name.starts_with("journal/"))
            .collect();
        for name in names {
            let Some(folder) = name.strip_prefix("journal/").and_then(|name| name.strip_suffix(".ron"))
            else {
                continue;
            };
            let Some(bytes) = self.bytes(name) else { continue };
            let journal = read_journal(name, &bytes);
            // Edits that wait for another machine are only noted, and stay.
            let is_sound = journal.faults.is_empty() && !journal.torn;
            let fits = |seq: u64| !loaded.misfits.contains(&(name.clone(), seq));
            if is_sound && journal.records.iter().all(|(_, record, _)| fits(record.seq)) {
                continue;
            }
            let coder = self.coder_of(folder, &loaded.coders, journal.coder.as_ref());
            let lines: Vec<_> = journal
                .records
                .into_iter()
                .filter(|(_, record, _)| fits(record.seq))
                .map(|(_, _, line)| line)
                .collect();
            let what = format!("the {} edits that can be read and fit are kept", lines.len());
            let project = loaded.saved.id();
            let mended = Journal::new(self.place.join(name), project, &coder, journal.folded, lines);
            self.put(name, Some(&mended.bytes()), &what)?;
        }
        Ok(())
    }
}
