//! What is particular to Arabic as a language: spelling, words, digits, dates.
//!
//! Pure, below `search` and above `model`. Nothing here yet: the seeds are read, marked and exported without it, and folding comes
//! with the search that needs it.
