//! Power cuts: a watch that writes down every deed, and a model of what of them a disk keeps when the power goes.
//!
//! The model is the weakest that POSIX allows. What was written to a file counts only once the file is synced: before that any part of
//! it may be there, and parts that are not may read as zeros. A name in a folder (a new file, a rename, a removal, a new folder)
//! counts only once that folder is synced: before that any subset of the changes may be there. A rename is one change.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::type_complexity, reason = "the types say what a disk holds, and stand once each")]
#![allow(clippy::enum_variant_names, reason = "a cut is told by what it keeps")]

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use hashiya::store::disk::DiskFile;

use crate::stream::Chance;
use crate::support::disks::{Deed, Watch};

/// One deed as it is written down. Files are known by their inodes, which the model follows.
#[derive(Clone)]
pub enum Entry {
    Open {
        path: PathBuf,
        inode: u64,
        emptied: bool,
    },
    Write {
        inode: u64,
        bytes: Vec<u8>,
    },
    Sync {
        inode: u64,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Link {
        from: PathBuf,
        to: PathBuf,
    },
    Remove(PathBuf),
    CreateFolder(PathBuf),
    SyncFolder(PathBuf),
    /// The writing thread told something.
    Told,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open { path, emptied, .. } => write!(f, "open {path:?}, emptied: {emptied}"),
            Self::Write { bytes, .. } => write!(f, "write {} bytes", bytes.len()),
            Self::Sync { .. } => write!(f, "sync a file"),
            Self::Rename { from, to } => write!(f, "rename {from:?} to {to:?}"),
            Self::Link { from, to } => write!(f, "link {from:?} as {to:?}"),
            Self::Remove(path) => write!(f, "remove {path:?}"),
            Self::CreateFolder(path) => write!(f, "create {path:?}"),
            Self::SyncFolder(path) => write!(f, "sync {path:?}"),
            Self::Told => write!(f, "told"),
        }
    }
}

/// Writes down what is done below a folder.
pub struct Log {
    root: Mutex<PathBuf>,
    entries: Mutex<Vec<Entry>>,
}

impl Log {
    pub fn new() -> Self {
        Self { root: Mutex::new(PathBuf::new()), entries: Mutex::new(Vec::new()) }
    }

    /// Begins to write down what is done below a folder.
    pub fn watch(&self, root: &Path) {
        *self.root.lock().expect("not poisoned") = root.to_owned();
    }

    pub fn note(&self, entry: Entry) {
        self.entries().push(entry);
    }

    pub fn take(&self) -> Vec<Entry> {
        std::mem::take(&mut *self.entries())
    }

    pub fn len(&self) -> usize {
        self.entries().len()
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().expect("not poisoned")
    }

    fn inside(&self, path: &Path) -> PathBuf {
        let root = self.root.lock().expect("not poisoned");
        path.strip_prefix(&*root).expect("everything is below the root").to_owned()
    }
}

#[cfg(unix)]
fn inode(file: &dyn DiskFile) -> u64 {
    file.look().expect("an open file").identity.expect("an inode").1
}

impl Watch for Log {
    fn deed(&self, deed: Deed<'_>, real: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        // The order in the log is the order of the deeds: nobody else does one meanwhile.
        let mut entries = self.entries();
        real()?;
        let opened = |path: &Path| {
            use std::os::unix::fs::MetadataExt;
            std::fs::metadata(path).expect("just opened").ino()
        };
        entries.push(match deed {
            Deed::Create(path) => Entry::Open { path: self.inside(path), inode: opened(path), emptied: true },
            Deed::Append(path) => {
                Entry::Open { path: self.inside(path), inode: opened(path), emptied: false }
            }
            Deed::Rename(from, to) => Entry::Rename { from: self.inside(from), to: self.inside(to) },
            Deed::Link(from, to) => Entry::Link { from: self.inside(from), to: self.inside(to) },
            Deed::Remove(path) | Deed::RemoveFolder(path) => Entry::Remove(self.inside(path)),
            Deed::CreateFolder(path) => Entry::CreateFolder(self.inside(path)),
            Deed::SyncFolder(path) => Entry::SyncFolder(self.inside(path)),
        });
        Ok(())
    }

    fn write(&self, _: &Path, bytes: &[u8], file: &mut dyn DiskFile) -> io::Result<()> {
        let mut entries = self.entries();
        file.write_all(bytes)?;
        entries.push(Entry::Write { inode: inode(file), bytes: bytes.to_owned() });
        Ok(())
    }

    fn sync(&self, _: &Path, file: &mut dyn DiskFile) -> io::Result<()> {
        self.note(Entry::Sync { inode: inode(file) });
        Ok(())
    }
}

type NodeId = usize;

#[derive(Clone, Debug)]
enum Node {
    File {
        durable: Vec<u8>,
        /// What was done since it was last synced: `None` emptied it.
        pending: Vec<Option<Vec<u8>>>,
    },
    Folder {
        durable: BTreeMap<String, NodeId>,
        live: BTreeMap<String, NodeId>,
        /// Changes of names since it was last synced, each as a whole.
        pending: Vec<Vec<(String, Option<NodeId>)>>,
    },
}

/// A disk as it is, and as it may be found after a power cut.
#[derive(Clone, Debug)]
pub struct Platter {
    nodes: Vec<Node>,
    inodes: HashMap<u64, NodeId>,
}

const ROOT: NodeId = 0;

/// What a disk holds: files with their bytes, folders with nothing.
pub type Contents = BTreeMap<PathBuf, Option<Vec<u8>>>;

impl Platter {
    /// An empty one.
    pub fn new() -> Self {
        Self { nodes: vec![folder()], inodes: HashMap::new() }
    }

    fn entries(
        &mut self,
        id: NodeId,
    ) -> (&mut BTreeMap<String, NodeId>, &mut Vec<Vec<(String, Option<NodeId>)>>) {
        match &mut self.nodes[id] {
            Node::Folder { live, pending, .. } => (live, pending),
            Node::File { .. } => panic!("a file stands where a folder was meant"),
        }
    }

    fn find(&mut self, path: &Path) -> Option<NodeId> {
        let mut at = ROOT;
        for name in names(path) {
            at = *self.entries(at).0.get(&name)?;
        }
        Some(at)
    }

    fn above(&mut self, path: &Path) -> (NodeId, String) {
        let name = names(path).pop().expect("not the root");
        let above = path.parent().expect("not the root");
        (self.find(above).unwrap_or_else(|| panic!("no folder {}", above.display())), name)
    }

    fn change(&mut self, folder: NodeId, changes: Vec<(String, Option<NodeId>)>) {
        let (live, pending) = self.entries(folder);
        for (name, node) in &changes {
            match node {
                Some(node) => live.insert(name.clone(), *node),
                None => live.remove(name),
            };
        }
        pending.push(changes);
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Does one deed.
    pub fn apply(&mut self, entry: &Entry) {
        match entry {
            Entry::Open { path, inode, emptied } => {
                let node = self.find(path).unwrap_or_else(|| {
                    assert!(emptied, "only a file that is there is appended to");
                    let (folder, name) = self.above(path);
                    let node = self.add(Node::File { durable: Vec::new(), pending: Vec::new() });
                    self.change(folder, vec![(name, Some(node))]);
                    node
                });
                self.inodes.insert(*inode, node);
                if *emptied && let Node::File { pending, .. } = &mut self.nodes[node] {
                    pending.push(None);
                }
            }
            Entry::Write { inode, bytes } => {
                if let Node::File { pending, .. } = &mut self.nodes[self.inodes[inode]] {
                    pending.push(Some(bytes.clone()));
                }
            }
            Entry::Sync { inode } => {
                if let Node::File { durable, pending } = &mut self.nodes[self.inodes[inode]] {
                    *durable = written(durable, pending);
                    pending.clear();
                }
            }
            Entry::Rename { from, to } => {
                let (folder, old) = self.above(from);
                let (other, new) = self.above(to);
                assert_eq!(folder, other, "the store renames within a folder only");
                let node = self.find(from).expect("what is renamed is there");
                self.change(folder, vec![(old, None), (new, Some(node))]);
            }
            Entry::Link { from, to } => {
                let node = self.find(from).expect("what is linked is there");
                let (folder, name) = self.above(to);
                self.change(folder, vec![(name, Some(node))]);
            }
            Entry::Remove(path) => {
                let (folder, name) = self.above(path);
                self.change(folder, vec![(name, None)]);
            }
            Entry::CreateFolder(path) => {
                let mut at = ROOT;
                for name in names(path) {
                    at = match self.entries(at).0.get(&name) {
                        Some(&there) => there,
                        None => {
                            let new = self.add(folder());
                            self.change(at, vec![(name, Some(new))]);
                            new
                        }
                    };
                }
            }
            Entry::SyncFolder(path) => {
                let id = self.find(path).expect("the folder is there");
                if let Node::Folder { durable, live, pending } = &mut self.nodes[id] {
                    durable.clone_from(live);
                    pending.clear();
                }
            }
            Entry::Told => {}
        }
    }

    /// How many changes are not yet durable, of files and of folders that can be reached.
    pub fn pending(&self) -> usize {
        let count = |node: &Node| match node {
            Node::File { pending, .. } => pending.len(),
            Node::Folder { pending, .. } => pending.len(),
        };
        self.nodes.iter().map(count).sum()
    }

    /// What is there while the power is on.
    pub fn live(&self) -> Contents {
        self.contents(
            &mut |node| match node {
                Node::Folder { live, .. } => live.clone(),
                Node::File { .. } => BTreeMap::new(),
            },
            &mut written,
        )
    }

    /// What may be there after a power cut, as chance wants it.
    pub fn after_cut(&self, cut: Cut, chance: &mut Chance) -> Contents {
        let names = std::cell::RefCell::new(chance.clone());
        let data = std::cell::RefCell::new(chance.clone());
        chance.below(2);
        self.contents(
            &mut |node| {
                let Node::Folder { durable, live, pending } = node else { return BTreeMap::new() };
                match cut {
                    Cut::KeepsNames => live.clone(),
                    Cut::KeepsNothing | Cut::KeepsData => durable.clone(),
                    Cut::KeepsSome => {
                        let mut found = durable.clone();
                        for changes in pending {
                            if names.borrow_mut().one_in(2) {
                                for (name, node) in changes {
                                    match node {
                                        Some(node) => found.insert(name.clone(), *node),
                                        None => found.remove(name),
                                    };
                                }
                            }
                        }
                        found
                    }
                }
            },
            &mut |durable, pending| match cut {
                Cut::KeepsData => written(durable, pending),
                Cut::KeepsNothing | Cut::KeepsNames => durable.to_owned(),
                Cut::KeepsSome => torn(durable, pending, &mut data.borrow_mut()),
            },
        )
    }

    fn contents(
        &self,
        names: &mut dyn FnMut(&Node) -> BTreeMap<String, NodeId>,
        bytes: &mut dyn FnMut(&[u8], &[Option<Vec<u8>>]) -> Vec<u8>,
    ) -> Contents {
        let mut contents = Contents::new();
        let mut waiting = vec![(PathBuf::new(), ROOT)];
        while let Some((path, id)) = waiting.pop() {
            match &self.nodes[id] {
                Node::File { durable, pending } => {
                    contents.insert(path, Some(bytes(durable, pending)));
                }
                node @ Node::Folder { .. } => {
                    waiting.extend(names(node).into_iter().map(|(name, id)| (path.join(name), id)));
                    contents.insert(path, None);
                }
            }
        }
        contents
    }
}

/// How much of what was not synced a power cut leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    KeepsNothing,
    /// All names, and of the data only what was synced.
    KeepsNames,
    /// All data, and of the names only those that were synced.
    KeepsData,
    /// Any part of either.
    KeepsSome,
}

fn folder() -> Node {
    Node::Folder { durable: BTreeMap::new(), live: BTreeMap::new(), pending: Vec::new() }
}

fn names(path: &Path) -> Vec<String> {
    let plain = |part: Component<'_>| match part {
        Component::Normal(name) => name.to_str().expect("Unicode").to_owned(),
        other => panic!("{other:?} in a path of the log"),
    };
    path.components().map(plain).collect()
}

fn written(durable: &[u8], pending: &[Option<Vec<u8>>]) -> Vec<u8> {
    let mut bytes = durable.to_owned();
    for change in pending {
        match change {
            Some(more) => bytes.extend_from_slice(more),
            None => bytes.clear(),
        }
    }
    bytes
}

/// Part of what was written: up to some change, and of that one a part, before or after which zeros may stand.
fn torn(durable: &[u8], pending: &[Option<Vec<u8>>], chance: &mut Chance) -> Vec<u8> {
    let kept = chance.below(pending.len() + 1);
    let mut bytes = written(durable, &pending[..kept]);
    if let Some(Some(half)) = pending.get(kept) {
        let at = chance.below(half.len() + 1);
        match chance.below(3) {
            0 => bytes.extend_from_slice(&half[..at]),
            1 => {
                bytes.extend_from_slice(&half[..at]);
                bytes.resize(bytes.len() + half.len() - at, 0);
            }
            _ => {
                bytes.resize(bytes.len() + at, 0);
                bytes.extend_from_slice(&half[at..]);
            }
        }
    }
    bytes
}

/// Lays contents out in a folder.
pub fn lay_out(contents: &Contents, root: &Path) {
    for (path, bytes) in contents {
        match bytes {
            None => std::fs::create_dir_all(root.join(path)).expect("a folder"),
            Some(bytes) => std::fs::write(root.join(path), bytes).expect("a file"),
        }
    }
}
