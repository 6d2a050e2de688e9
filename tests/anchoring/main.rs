//! Marked text found again in changed documents: small cases that say the rules, and a measure over a thousand random updates.

mod history;
mod measure;
mod rules;
mod texts;
