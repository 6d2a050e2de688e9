//! A stream of edits as a reader might make them, drawn from a seed: the same seed gives the same edits, in whatever process.

use std::sync::Arc;

use hashiya::model::{Act, Annotation, Document, DocumentId, Edit, History, Project};
use hashiya::store::document_from_bytes;

use crate::support::{CountingStamps, annotation, step, tag};

/// Numbers that follow from a seed (xorshift64*, Marsaglia 2003 and Vigna 2016).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below another, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

const WORDS: [&str; 8] = ["قال", "المتحدِّث", "باسم", "الرئاسة\n", "سانت بطرسبورغ", "«نعم»", "2023", "👨‍👩‍👧"];

/// The reader.
#[derive(Clone, Debug)]
pub struct Stream {
    pub chance: Chance,
    pub stamps: CountingStamps,
    serial: usize,
}

impl Stream {
    pub fn new(seed: u64, stamps: CountingStamps) -> Self {
        Self { chance: Chance::new(seed), stamps, serial: 0 }
    }

    /// Makes the next edit, undo or redo, and gives the act to be kept.
    pub fn next(&mut self, project: &mut Project, history: &mut History) -> Act {
        loop {
            let act = match self.chance.below(12) {
                0 | 1 => history.undo(project).expect("undo fits"),
                2 => history.redo(project).expect("redo fits"),
                _ => {
                    let edit = self.edit(project);
                    edit.and_then(|edit| history.perform(project, step(edit)).ok())
                }
            };
            if let Some(act) = act {
                return act;
            }
        }
    }

    fn text(&mut self, words: usize) -> String {
        (0..words).map(|_| format!("{} ", WORDS[self.chance.below(WORDS.len())])).collect()
    }

    fn document(&mut self) -> Document {
        self.serial += 1;
        let words = 1 + self.chance.below(30);
        let text = self.text(words);
        let name = format!("نص جديد {}.txt", self.serial);
        document_from_bytes(text.as_bytes(), &name, Some("UTF-8"), &mut self.stamps).expect("text")
    }

    /// A document of the project with text in it, most often one of the first.
    fn some_document(&mut self, project: &Project) -> Option<Arc<Document>> {
        let at = self.chance.below(project.documents().len().max(1));
        project.documents().get(at).filter(|document| !document.text.is_empty()).cloned()
    }

    fn mark(&mut self, document: &Document) -> Annotation {
        let mut ranges = Vec::new();
        let length = document.text.len();
        let start = self.chance.below(length);
        ranges.push((start, start + 1 + self.chance.below(20)));
        let last = document.text.widen(start..ranges[0].1.min(length)).end.index();
        if self.chance.one_in(4) && last + 10 < length {
            ranges.push((last + 4, last + 8));
        }
        for range in &mut ranges {
            range.1 = range.1.min(length);
        }
        annotation(document, &ranges, &mut self.stamps)
    }

    fn edit(&mut self, project: &Project) -> Option<Edit> {
        Some(match self.chance.below(14) {
            0..=4 => {
                let document = self.some_document(project)?;
                let mut made = self.mark(&document);
                made.tags.extend(project.codebook().tags().first().map(|tag| tag.id));
                Edit::PutAnnotation(Arc::new(made))
            }
            5 | 6 => {
                let (document, id) = self.some_annotation(project)?;
                let mut changed = (**project.annotation(document, id)?).clone();
                changed.note = self.text(4);
                changed.attributes = vec![("مفتاح".into(), self.text(1))];
                Edit::PutAnnotation(Arc::new(changed))
            }
            7 => {
                let (document, id) = self.some_annotation(project)?;
                Edit::RemoveAnnotation { document, id }
            }
            8 => {
                self.serial += 1;
                Edit::PutTag { at: 0, tag: tag(&format!("وسم {}", self.serial), &mut self.stamps) }
            }
            9 => Edit::RemoveTag(project.codebook().tags().last()?.id),
            10 => Edit::SetTitle(self.text(2)),
            11 => {
                let at = self.chance.below(project.documents().len() + 1);
                let document = Arc::new(self.document());
                Edit::InsertDocument { at, document, annotations: vec![] }
            }
            12 => Edit::RemoveDocument(self.some_document(project)?.id),
            _ => {
                let old = self.some_document(project)?;
                let new = self.document().in_place_of(&old);
                Edit::Batch(vec![
                    Edit::ReplaceDocument { document: Arc::new(new), annotations: vec![] },
                    Edit::SetTitle(self.text(1)),
                ])
            }
        })
    }

    fn some_annotation(&mut self, project: &Project) -> Option<(DocumentId, hashiya::model::AnnotationId)> {
        let count = project.annotation_count();
        let at = self.chance.below(count.max(1));
        project.annotations().nth(at).map(|(document, annotation)| (document.id, annotation.id))
    }
}
