//! Lines that must end at a given place, which is not the end of a paragraph: there a piece of the text begins that was laid out before.
//!
//! Greedy lines would leave the last one short. Here what is missing is taken from all of them, a word at most from each, so that no reader
//! can tell which line made up for it. Chooses breaks only; everything else is done by [`lines`](super::lines).

use super::analysis::flag;
use super::layout::ParagraphLayout;
use super::lines::{Breaker, Draft, SLACK};

/// A last line that fills so much of the column is left as it is.
const FULL: f32 = 0.8;

/// A place where a line may end.
struct Place {
    cluster: usize,
    /// From the first place to here.
    advance: f32,
    /// The part of it that hangs where a line ends here.
    hanging: f32,
    /// The best way to get here: its cost, and the place where its last line begins.
    cost: f32,
    from: usize,
}

impl Breaker<'_> {
    /// All lines, the last of which is as full as the others where that can be had.
    pub fn break_to_end(mut self) -> ParagraphLayout {
        let greedy = self.drafts(usize::MAX).map_or_else(Vec::new, |(drafts, _)| drafts);
        let end = self.end;
        match self.fitted(&greedy) {
            Some((kept, fitted)) => {
                let drafts = greedy.into_iter().take(kept).chain(fitted).collect();
                self.place(drafts, end)
            }
            None => self.place(greedy, end),
        }
    }

    /// How many of the greedy lines are kept, and the lines after them; none where the greedy ones are good, or nothing else can be had.
    fn fitted(&mut self, greedy: &[Draft]) -> Option<(usize, Vec<Draft>)> {
        let width = self.max_width?;
        let [before @ .., last] = greedy else { return None };
        if last.width >= width * FULL {
            return None;
        }
        let prepared = self.prepared;
        let ends_with_break =
            |draft: &Draft| draft.range.end > 0 && prepared.flags(draft.range.end - 1) & flag::BREAK != 0;
        if ends_with_break(last) {
            return None;
        }
        let kept = before.iter().rposition(ends_with_break).map_or(0, |line| line + 1);
        let cut_words = greedy[kept..].iter().skip(1);
        if greedy.len() - kept < 2
            || cut_words.into_iter().any(|draft| prepared.flags(draft.range.start) & flag::WRAP == 0)
        {
            return None;
        }
        let mut places = self.places(greedy[kept].range.start);
        for to in 1..places.len() {
            let (mut best, mut at) = (f32::INFINITY, 0);
            for from in (0..to).rev() {
                let line = places[to].advance - places[to].hanging - places[from].advance;
                if line > width + SLACK {
                    break;
                }
                let missing = (width - line) / width;
                let cost = places[from].cost + missing * missing;
                if cost < best {
                    (best, at) = (cost, from);
                }
            }
            (places[to].cost, places[to].from) = (best, at);
        }
        let mut at = places.len() - 1;
        let mut ends = Vec::new();
        while at > 0 {
            if !places[at].cost.is_finite() {
                return None;
            }
            ends.push(at);
            at = places[at].from;
        }
        let clusters = &prepared.shaped.clusters;
        let byte =
            |at: usize| clusters.get(places[at].cluster).map_or(self.end, |cluster| cluster.start as usize);
        let mut bounds: Vec<usize> = ends.iter().rev().map(|&at| byte(at).min(self.end)).collect();
        bounds.insert(0, greedy[kept].range.start);
        let fitted: Vec<Draft> = bounds.windows(2).map(|bounds| self.draft(bounds[0]..bounds[1])).collect();
        // What is shaped again at a line's ends may be wider.
        fitted.iter().all(|draft| draft.width <= width + SLACK).then_some((kept, fitted))
    }

    /// Where lines may begin and end, from a byte to the end.
    fn places(&self, start: usize) -> Vec<Place> {
        let prepared = self.prepared;
        let clusters = &prepared.shaped.clusters;
        let index = |byte: usize| clusters.partition_point(|cluster| (cluster.start as usize) < byte);
        let (from, to) = (index(start), index(self.end));
        let place = |cluster, advance, hanging, cost| Place { cluster, advance, hanging, cost, from: 0 };
        let mut places = vec![place(from, 0.0, 0.0, 0.0)];
        let (mut advance, mut hanging) = (0.0, 0.0);
        for (at, width) in self.cluster_widths().into_iter().enumerate().take(to).skip(from) {
            let flags = prepared.flags(clusters[at].start as usize);
            if at > from && flags & flag::WRAP != 0 {
                places.push(place(at, advance, hanging, f32::INFINITY));
            }
            advance += width;
            hanging = if flags & flag::HANGS != 0 { hanging + width } else { 0.0 };
        }
        places.push(place(to, advance, hanging, f32::INFINITY));
        places
    }
}
