//! One wasm module as two: what the first picture needs, and the rest, which comes right after it.
//!
//! Works on the text form that wasm-dis writes: one top-level item after the other, each begun by a line indented by one.
//! The parts share memory, globals and tables. In the first, a function of the rest is a stub that calls through the table
//! `$split`, which the rest fills when it is instantiated; a call before that traps, and the page waits and starts anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::data::Data;
use crate::order;
use crate::outline::{self, Stretches};
use crate::tree::Node;

/// Where the rest finds what it shares with the first part; `web/src/loader.ts` hands it over under this name.
const SHARED: &str = "p";

/// Functions that do nothing but put a panic's message together. Nobody can read it: a trap is all that the page sees.
const PANICS: &[&str] = &[
    "::panicking::",
    "::expect_failed",
    "::unwrap_failed",
    "::slice_error_fail",
    "::slice_index_fail",
    "::assert_failed",
    "::len_mismatch_fail",
    "::handle_alloc_error",
    "::capacity_overflow",
    "::raw_vec::handle_error",
    "::rust_begin_unwind",
];

/// What writes a value for people who look for mistakes. Panics alone have a use for it.
const DEBUG: &str = "::fmt::Debug>::fmt";

/// A module taken apart.
pub struct Module<'a> {
    items: Vec<Item<'a>>,
}

enum Item<'a> {
    Function(Function<'a>),
    Other(&'a str),
}

struct Function<'a> {
    name: &'a str,
    /// The line with name, parameters and results.
    header: &'a str,
    /// Everything after it.
    body: &'a str,
}

/// A module in which what seldom runs is in functions of its own.
pub struct Outlined {
    pub text: String,
    /// The numbers of functions that ran.
    pub first: BTreeSet<usize>,
    calls: Calls,
}

/// By the number of a function: what was taken out of it, as the name of a function and the one call of that.
type Calls = BTreeMap<usize, Vec<(String, String)>>;

impl Outlined {
    /// Takes the module apart: functions that ran stay, the others become the rest, and with them the `texts` that stand in
    /// its data.
    pub fn split(&self, texts: &[Vec<u8>]) -> Parts {
        Module::read(&self.text).split(&self.first, &self.calls, texts)
    }
}

/// A module and its rest.
pub struct Parts {
    pub first: String,
    pub rest: String,
}

impl<'a> Module<'a> {
    /// Reads what wasm-dis wrote.
    pub fn read(text: &'a str) -> Module<'a> {
        let mut starts: Vec<usize> = text.match_indices("\n (").map(|(at, _)| at + 1).collect();
        let end = text.rfind("\n)").map_or(text.len(), |at| at + 1);
        starts.push(end);
        let items = starts
            .windows(2)
            .map(|pair| &text[pair[0]..pair[1]])
            .map(|item| match item.strip_prefix(" (func ") {
                Some(rest) => Item::Function(Function::read(item, rest)),
                None => Item::Other(item),
            })
            .collect();
        Module { items }
    }

    fn functions(&self) -> impl Iterator<Item = &Function<'a>> {
        self.items.iter().filter_map(|item| match item {
            Item::Function(function) => Some(function),
            Item::Other(_) => None,
        })
    }

    fn others(&self, kind: &str) -> impl Iterator<Item = &'a str> {
        let prefix = format!(" ({kind} ");
        self.items.iter().filter_map(move |item| match item {
            Item::Other(text) if text.starts_with(&prefix) => Some(*text),
            _ => None,
        })
    }

    /// The same module with panics that say nothing, and without the positions in the source that they would name.
    pub fn silenced(&self) -> String {
        let text = self.rewritten(|_, function| {
            let panics = PANICS.iter().any(|part| function.name.contains(part));
            if panics {
                return Some(format!("{}\n  (unreachable)\n )\n", function.header));
            }
            let debug = function.name.contains(DEBUG) && function.header.ends_with("(result i32)");
            debug.then(|| format!("{}\n  (i32.const 0)\n )\n", function.header))
        });
        match Data::read(self.others("data")) {
            Some(data) => with_data(&text, &data.without_locations()),
            None => text,
        }
    }

    /// The same module, in which each stretch of statements says its number when it runs.
    pub fn instrumented(&self) -> Result<String, String> {
        let mut stretches = Stretches::default();
        let mut functions = Vec::new();
        for function in self.functions() {
            functions.push(stretches.instrumented(&function.tree()?));
        }
        let text = self.rewritten(|number, _| functions.get(number).cloned());
        let import = " (import \"split\" \"hit\" (func $split_hit (param i32)))\n";
        let at = text.find("\n (import ").map_or(text.len(), |at| at + 1);
        Ok(format!("{}{import}{}", &text[..at], &text[at..]))
    }

    /// The same module, what did not run taken out of the functions that ran; `ran` has the numbers of stretches.
    pub fn outlined(&self, ran: &BTreeSet<usize>) -> Result<Outlined, String> {
        let mut stretches = Stretches::default();
        let mut functions = Vec::new();
        let mut seldom = String::new();
        let mut first = BTreeSet::new();
        let mut calls = BTreeMap::new();
        for (number, function) in self.functions().enumerate() {
            let tree = function.tree()?;
            if !ran.contains(&stretches.next()) {
                stretches.pass(&tree);
                functions.push(None);
                continue;
            }
            first.insert(number);
            let outlined = outline::outline(&tree, number, &mut stretches, ran);
            functions.push(outlined.map(|outlined| {
                for part in outlined.parts {
                    seldom.push_str(&part.function);
                    let of_function: &mut Vec<_> = calls.entry(number).or_default();
                    of_function.push((part.name, part.call));
                }
                outlined.function
            }));
        }
        let mut text = self.rewritten(|number, _| functions.get(number).cloned().flatten());
        text.truncate(text.rfind(')').unwrap_or(text.len()));
        let _ = writeln!(text, "{seldom})");
        Ok(Outlined { text, first, calls })
    }

    /// The same module, what is alike in it side by side.
    pub fn ordered(&self) -> String {
        let functions: Vec<&Function> = self.functions().collect();
        let bodies: Vec<&str> = functions.iter().map(|function| function.body).collect();
        let mut out = String::from("(module\n");
        for item in &self.items {
            if let Item::Other(text) = item {
                out.push_str(text);
            }
        }
        for index in order::by_likeness(&bodies) {
            let Function { header, body, .. } = functions[index];
            let _ = writeln!(out, "{header}\n{body}");
        }
        out.push_str(")\n");
        out
    }

    fn rewritten(&self, rewrite: impl Fn(usize, &Function<'a>) -> Option<String>) -> String {
        let mut out = String::from("(module\n");
        let mut number = 0;
        for item in &self.items {
            match item {
                Item::Function(function) => {
                    match rewrite(number, function) {
                        Some(text) => out.push_str(&text),
                        None => {
                            let _ = writeln!(out, "{}\n{}", function.header, function.body);
                        }
                    }
                    number += 1;
                }
                Item::Other(text) => out.push_str(text),
            }
        }
        out.push_str(")\n");
        out
    }

    fn split(&self, first: &BTreeSet<usize>, calls: &Calls, texts: &[Vec<u8>]) -> Parts {
        let mut shared = Vec::new();
        let mut exports = String::new();
        let mut export = |kind: &str, name: &str, declaration: &dyn Fn(&str) -> String| {
            let id = format!("~{}", shared.len());
            shared.push(id.clone());
            let _ = writeln!(exports, " (export \"{id}\" ({kind} {name}))");
            format!(" (import \"{SHARED}\" \"{id}\" {})\n", declaration(name))
        };
        let mut rest = String::from("(module\n");
        self.others("type").for_each(|text| rest.push_str(text));
        for text in self.others("import") {
            // What the page offers the first part, that hands on.
            let Some(at) = text.find("(func ") else {
                continue;
            };
            let function = Function::read(text, &text[at + "(func ".len()..]);
            let signature = signature(text[at..].trim_end().trim_end_matches(')'));
            rest.push_str(&export("func", function.name, &|name| {
                format!("(func {name}{signature})")
            }));
        }
        for (number, function) in self.functions().enumerate() {
            if first.contains(&number) {
                let signature = signature(function.header);
                rest.push_str(&export("func", function.name, &|name| {
                    format!("(func {name}{signature})")
                }));
            }
        }
        for text in self.others("memory") {
            rest.push_str(&export("memory", second_word(text), &|name| {
                format!("(memory {name} 1)")
            }));
        }
        for text in self.others("table") {
            let kind = text.trim().trim_end_matches(')').rsplit(' ').next();
            rest.push_str(&export("table", second_word(text), &|name| {
                format!("(table {name} 1 {})", kind.unwrap_or("funcref"))
            }));
        }
        for text in self.others("global") {
            if text.contains("(mut ") {
                let kind = text.split("(mut ").nth(1).and_then(|t| t.split(')').next());
                rest.push_str(&export("global", second_word(text), &|name| {
                    format!("(global {name} (mut {}))", kind.unwrap_or("i32"))
                }));
            }
        }
        let later: Vec<&Function> = self
            .functions()
            .enumerate()
            .filter(|(number, _)| !first.contains(number))
            .map(|(_, function)| function)
            .collect();
        let table = format!("$split {0} {0} funcref", later.len().max(1));
        rest.push_str(&export("table", "$split", &|_| format!("(table {table})")));
        for text in self.others("global").filter(|text| !text.contains("(mut ")) {
            rest.push_str(text);
        }
        rest.push_str(" (elem $rest (table $split) (i32.const 0) func");
        for function in &later {
            let _ = write!(rest, " {}", function.name);
        }
        rest.push_str(")\n");
        for function in &later {
            let _ = writeln!(rest, "{}\n{}", function.header, function.body);
        }
        rest.push_str(")\n");

        let slots: BTreeMap<&str, (usize, &Function)> = later
            .iter()
            .enumerate()
            .map(|(slot, function)| (function.name, (slot, *function)))
            .collect();
        let called_once: BTreeSet<&str> = calls
            .values()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect();
        let mut text = self.rewritten(|number, function| {
            if called_once.contains(function.name) {
                return Some(String::new());
            }
            if let Some((slot, function)) = slots.get(function.name) {
                return Some(function.stub(*slot));
            }
            let mut body = function.body.to_owned();
            for (name, call) in calls.get(&number)? {
                let (slot, function) = slots.get(name.as_str())?;
                let arguments = &call["(call ".len() + name.len()..call.len() - 1];
                body = body.replace(call, &function.called_at(*slot, arguments));
            }
            Some(format!("{}\n{body}\n", function.header))
        });
        text.truncate(text.rfind(')').unwrap_or(text.len()));
        let _ = writeln!(text, " (table {table})\n{exports})");
        if let Some(mut data) = Data::read(self.others("data")) {
            let moved: String = texts.iter().filter_map(|text| data.take(text)).collect();
            text = with_data(&text, &data);
            rest.truncate(rest.rfind(')').unwrap_or(rest.len()));
            let _ = writeln!(rest, "{moved})");
        }
        Parts { first: text, rest }
    }
}

/// The module with other data.
fn with_data(module: &str, data: &Data) -> String {
    let end = module.rfind(')').unwrap_or(module.len());
    let kept = module[..end]
        .split_inclusive('\n')
        .filter(|line| !line.starts_with(" (data "));
    let mut text: String = kept.collect();
    text.push_str(&data.segment());
    text.push_str(")\n");
    text
}

/// Leaves out of a first part what its rest, made small, does not import any more.
pub fn without_unneeded(first: &str, rest: &str) -> String {
    let needed: BTreeSet<&str> = rest
        .lines()
        .filter_map(|line| line.strip_prefix(" (import "))
        .filter_map(|line| line.split('"').nth(3))
        .collect();
    first
        .split_inclusive('\n')
        .filter(|line| {
            line.strip_prefix(" (export \"~")
                .and_then(|_| line.split('"').nth(1))
                .is_none_or(|id| needed.contains(id))
        })
        .collect()
}

impl<'a> Function<'a> {
    fn read(item: &'a str, from_name: &'a str) -> Function<'a> {
        let length = if let Some(quoted) = from_name.strip_prefix("$\"") {
            2 + quoted.find('"').unwrap_or(0) + 1
        } else {
            from_name.find([' ', ')', '\n']).unwrap_or(from_name.len())
        };
        let (header, body) = item.split_once('\n').unwrap_or((item, ""));
        Function {
            name: &from_name[..length],
            header,
            body,
        }
    }

    fn stub(&self, slot: usize) -> String {
        let mut arguments = String::new();
        for parameter in self.header.split("(param $").skip(1) {
            let name = parameter.split(' ').next().unwrap_or_default();
            let _ = write!(arguments, " (local.get ${name})");
        }
        format!(
            "{}\n  {}\n )\n",
            self.header,
            self.called_at(slot, &arguments)
        )
    }

    /// A call of it through the table that the rest fills.
    fn called_at(&self, slot: usize, arguments: &str) -> String {
        let signature = signature(self.header);
        format!("(call_indirect $split{signature}{arguments} (i32.const {slot}))")
    }

    fn tree(&self) -> Result<Node, String> {
        Node::read(&format!("{}\n{}", self.header, self.body))
            .ok_or_else(|| format!("{}: not as wasm-dis writes it", self.name))
    }
}

/// ` (param i32) (param i64) (result i32)` of a function's header.
fn signature(header: &str) -> String {
    let mut text = String::new();
    for (kind, list) in groups(header) {
        let words = list.split(' ').filter(|word| !word.starts_with('$'));
        let _ = write!(text, " ({kind}");
        words.for_each(|word| {
            let _ = write!(text, " {word}");
        });
        text.push(')');
    }
    text
}

/// The `(param …)` and `(result …)` of a header, with what is in them.
fn groups(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split('(').filter_map(|group| {
        let inner = group.split(')').next()?;
        let (kind, list) = inner.split_once(' ')?;
        matches!(kind, "param" | "result").then_some((kind, list))
    })
}

fn second_word(text: &str) -> &str {
    text.split_whitespace().nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"(module
 (type $0 (func (param i32) (result i32)))
 (import "page" "say" (func $say (param i32)))
 (global $stack (mut i32) (i32.const 1024))
 (memory $0 17)
 (table $0 2 2 funcref)
 (elem $0 (table $0) (i32.const 1) $"seldom::<impl x>::f")
 (export "often" (func $often))
 (func $often (param $0 i32) (result i32)
  (local $1 i32)
  (call $"seldom::<impl x>::f"
   (local.get $0)
  )
 )
 (func $"seldom::<impl x>::f" (param $0 i32) (result i32)
  (call $say
   (local.get $0)
  )
  (call $often
   (i32.const 1)
  )
 )
 (func $core::panicking::panic_fmt::h0 (param $0 i32)
  (call $say
   (i32.const 2)
  )
 )
 ;; features section: mutable-globals
)
"#;

    #[test]
    fn the_first_part_calls_the_rest_through_the_table() {
        let parts = Module::read(TEXT).split(&BTreeSet::from([0]), &Calls::new(), &[]);
        assert!(parts.first.contains(
            "(func $\"seldom::<impl x>::f\" (param $0 i32) (result i32)\n  (call_indirect $split (param i32) (result i32) (local.get $0) (i32.const 0))"
        ));
        assert!(parts.first.contains("(table $split 2 2 funcref)"));
        assert!(parts.rest.contains(
            "(elem $rest (table $split) (i32.const 0) func $\"seldom::<impl x>::f\" $core::"
        ));
        assert!(
            parts
                .rest
                .contains("(func $often (param i32) (result i32)))")
        );
        assert!(parts.rest.contains("(global $stack (mut i32))"));
        assert!(
            !parts.rest.contains("(local $1 i32)"),
            "what stays does not go"
        );
    }

    #[test]
    fn only_what_the_rest_imports_is_exported() {
        let parts = Module::read(TEXT).split(&BTreeSet::from([0]), &Calls::new(), &[]);
        let rest = "(module\n (import \"p\" \"~0\" (func $say (param i32)))\n)\n";
        let first = without_unneeded(&parts.first, rest);
        assert!(first.contains("(export \"~0\"") && !first.contains("(export \"~1\""));
        assert!(first.contains("(export \"often\""));
    }

    #[test]
    fn panics_say_nothing_and_calls_are_counted() {
        let module = Module::read(TEXT);
        let silent = module.silenced();
        assert!(silent.contains("panic_fmt::h0 (param $0 i32)\n  (unreachable)\n )"));
        assert!(!silent.contains("(i32.const 2)"));
        let counted = module.instrumented().expect("functions");
        assert!(counted.contains("  (local $1 i32)\n  (call $split_hit (i32.const 0))\n"));
        assert!(counted.contains("  (call $split_hit (i32.const 1))\n  (call $say"));
    }
}
