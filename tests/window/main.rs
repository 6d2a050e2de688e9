//! The window as a user meets it, without a display: egui_kittest drives the real panels through their accessible
//! names, and a renderer on the processor paints the pictures.
//!
//! One test binary for all of it, so that the window is linked once:
//! [`raster`] paints, `pictures` compares the main window with kept pictures, `journeys` does what users do, `keeping` sees what stays,
//! `menus` opens the menus on places by keyboard, `rows` presses the rows of lists, `dialogs` and `documents` measure what has no fixed height, `updates` puts new versions of
//! documents in their place.

#![allow(clippy::disallowed_methods, reason = "tests lay out files for the program to find")]

mod desk;
mod dialogs;
mod documents;
mod exchange;
mod fonts;
mod journeys;
mod keeping;
mod leaks;
mod menus;
mod palette;
mod pictures;
mod raster;
mod reading;
mod rest;
mod rows;
mod sharing;
mod snapshots;
mod spoken;
mod updates;
