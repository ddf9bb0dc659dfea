//! What a function seldom does, taken out of it: as functions of their own such parts can go to the rest of a module.
//!
//! The unit is the end of a sequence of statements that did not run when the page was played. It gets the locals it reads,
//! gives back those that are read after it, and where it can be left in several ways, the number of the way.

use std::collections::{BTreeMap, BTreeSet};

use crate::life::{self, Moments, Set};
use crate::tree::{Node, function_text};

/// A function with what it seldom does elsewhere.
pub struct Outlined {
    /// The function without.
    pub function: String,
    pub parts: Vec<Part>,
}

/// What a function seldom does.
pub struct Part {
    pub name: String,
    pub function: String,
    /// The one call, as it stands in the function.
    pub call: String,
}

/// What is gained at least, in bytes of the first part, so that a call is worth it. The rest grows by more than that, for
/// what is cut in pieces compresses worse: with 40 the first part is 4 kB smaller still, and both together 4 kB larger.
const GAIN_MIN: usize = 120;

/// Numbers what runs as a whole: a stretch of statements that nothing before its end leaves.
#[derive(Default)]
pub struct Stretches {
    next: usize,
}

impl Stretches {
    /// The function, in which each stretch says its number.
    pub fn instrumented(&mut self, function: &Node) -> String {
        function_text(&self.marked(function))
    }

    fn marked(&mut self, node: &Node) -> Node {
        let Node::List(nodes) = node else {
            return node.clone();
        };
        if !node.is_sequence() {
            return Node::List(nodes.iter().map(|inner| self.marked(inner)).collect());
        }
        let start = node.body_start();
        let mut out = nodes[..start].to_vec();
        let mut begins = true;
        if nodes.len() == start && node.head() == "func" {
            out.extend(self.hit());
        }
        for statement in &nodes[start..] {
            if begins {
                out.extend(self.hit());
            }
            out.push(self.marked(statement));
            begins = statement.branches();
        }
        Node::List(out)
    }

    fn hit(&mut self) -> Option<Node> {
        Node::read(&format!("(call $split_hit (i32.const {}))", self.number()))
    }

    /// The number of the next stretch: of the first in a function, before that is looked at.
    pub fn next(&self) -> usize {
        self.next
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// Passes over a function in which nothing is looked for.
    pub fn pass(&mut self, node: &Node) {
        self.find(node, &mut |_, _| false, &BTreeSet::new(), false);
    }

    /// Calls `found` for what did not run, outermost first: a sequence, and where in it that begins. Where it answers
    /// `false`, what is within is looked at.
    fn find<'t>(
        &mut self,
        node: &'t Node,
        found: &mut dyn FnMut(&'t Node, usize) -> bool,
        ran: &BTreeSet<usize>,
        looking: bool,
    ) {
        let Node::List(nodes) = node else { return };
        if !node.is_sequence() {
            for inner in nodes {
                self.find(inner, found, ran, looking);
            }
            return;
        }
        let start = node.body_start();
        let mut looking = looking;
        let mut begins = true;
        let mut taken = false;
        if nodes.len() == start && node.head() == "func" {
            // A function that does nothing can be called all the same.
            self.number();
        }
        for (place, statement) in nodes.iter().enumerate().skip(start) {
            if begins && !ran.contains(&self.number()) && looking && !taken {
                // What follows in the sequence did not run either.
                taken = found(node, place);
                looking = !taken;
            }
            self.find(statement, found, ran, looking);
            begins = statement.branches();
        }
    }
}

/// Takes out of `function`, the `number`th, what did not run. `None` where nothing is worth it.
pub fn outline(
    function: &Node,
    number: usize,
    stretches: &mut Stretches,
    ran: &BTreeSet<usize>,
) -> Option<Outlined> {
    let types = local_types(function);
    let mut ends: Vec<(&Node, usize)> = Vec::new();
    let mut kinds = BTreeMap::new();
    sequence_types(function, &[], &mut kinds);
    stretches.find(
        function,
        &mut |sequence, place| {
            let fits = ways_out(sequence, place, &kinds, &function.results()).is_some();
            if fits {
                ends.push((sequence, place));
            }
            fits
        },
        ran,
        true,
    );
    if ends.is_empty() {
        return None;
    }
    let places = ends.iter().map(|(node, place)| (node.address(), *place));
    let moments = life::moments(function, places.collect());
    let mut replaced = BTreeMap::new();
    let mut parts = Vec::new();
    let mut locals = Vec::new();
    for (sequence, place) in ends {
        let Some(moments) = moments.get(&sequence.address()) else {
            continue;
        };
        let ways = ways_out(sequence, place, &kinds, &function.results())?;
        let name = format!("$\"seldom {number}.{}\"", parts.len());
        let unit = Unit {
            name: &name,
            body: &sequence.rest()[place - 1..],
            types: &types,
            ways,
        };
        if let Some((part, stub, tuple)) = unit.taken(moments) {
            replaced.insert(sequence.address(), (place, stub));
            locals.extend(tuple);
            parts.push(part);
        }
    }
    if parts.is_empty() {
        return None;
    }
    let Node::List(mut nodes) = rebuilt(function, &replaced) else {
        return None;
    };
    let at = function.body_start();
    nodes.splice(at..at, locals);
    Some(Outlined {
        function: function_text(&Node::List(nodes)),
        parts,
    })
}

fn rebuilt(node: &Node, replaced: &BTreeMap<usize, (usize, Vec<Node>)>) -> Node {
    let Node::List(nodes) = node else {
        return node.clone();
    };
    let (kept, stub) = match replaced.get(&node.address()) {
        Some((place, stub)) => (&nodes[..*place], stub.as_slice()),
        None => (nodes.as_slice(), [].as_slice()),
    };
    let mut out: Vec<Node> = kept.iter().map(|inner| rebuilt(inner, replaced)).collect();
    out.extend_from_slice(stub);
    Node::List(out)
}

/// The types of parameters and locals by name.
fn local_types(function: &Node) -> BTreeMap<&str, &str> {
    function
        .lists()
        .filter(|node| matches!(node.head(), "param" | "local"))
        .filter_map(|node| Some((node.rest().first()?.word(), node.rest().get(1)?.word())))
        .collect()
}

/// What each sequence ends in, and each label takes.
fn sequence_types<'t>(
    node: &'t Node,
    outer: &[&'t str],
    kinds: &mut BTreeMap<usize, Vec<&'t str>>,
) {
    let own = match node.head() {
        "then" | "else" => outer.to_vec(),
        _ => node.results(),
    };
    if node.is_sequence() {
        kinds.insert(node.address(), own.clone());
    }
    for inner in node.lists() {
        sequence_types(inner, &own, kinds);
    }
}

/// How a unit is left.
#[derive(Clone, Debug, Default)]
struct Ways<'t> {
    /// Past its end, and what it leaves there.
    end: Option<Vec<&'t str>>,
    /// To labels outside of it.
    labels: BTreeSet<&'t str>,
    /// Out of the function, and what that gives back.
    returns: Option<Vec<&'t str>>,
}

/// `None` where it is not worth the trouble: tables of labels outside, and values that go to a label.
fn ways_out<'t>(
    sequence: &'t Node,
    place: usize,
    kinds: &BTreeMap<usize, Vec<&'t str>>,
    results: &[&'t str],
) -> Option<Ways<'t>> {
    let mut ways = Ways::default();
    let body = &sequence.rest()[place - 1..];
    for statement in body {
        leaves(statement, &mut Vec::new(), &mut ways, results)?;
    }
    if !body.last()?.ends() {
        ways.end = Some(kinds.get(&sequence.address())?.clone());
    }
    let single = |types: &Option<Vec<&str>>| types.as_ref().is_none_or(|types| types.len() <= 1);
    (single(&ways.end) && single(&ways.returns)).then_some(ways)
}

fn leaves<'t>(
    node: &'t Node,
    inside: &mut Vec<&'t str>,
    ways: &mut Ways<'t>,
    results: &[&'t str],
) -> Option<()> {
    let target = node.rest().first().map_or("", Node::word);
    let labelled = matches!(node.head(), "block" | "loop") && target.starts_with('$');
    if labelled {
        inside.push(target);
    }
    match node.head() {
        "br" | "br_if" if !inside.contains(&target) => {
            // A condition, and no value.
            if node.lists().count() > usize::from(node.head() == "br_if") {
                return None;
            }
            ways.labels.insert(target);
        }
        "br_table" => {
            let mut targets = node
                .rest()
                .iter()
                .map(Node::word)
                .filter(|word| !word.is_empty());
            if !targets.all(|target| inside.contains(&target)) {
                return None;
            }
        }
        "return" => ways.returns = Some(results.to_vec()),
        "return_call" | "return_call_indirect" => return None,
        _ => {}
    }
    for inner in node.lists() {
        leaves(inner, inside, ways, results)?;
    }
    if labelled {
        inside.pop();
    }
    Some(())
}

/// Statements that become a function.
struct Unit<'t> {
    name: &'t str,
    body: &'t [Node],
    types: &'t BTreeMap<&'t str, &'t str>,
    ways: Ways<'t>,
}

/// A way out of a unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way<'t> {
    End,
    Label(&'t str),
    Return,
}

impl<'t> Unit<'t> {
    /// The function, what stands in its place, and the local that takes what it gives; `None` where that gains nothing.
    fn taken(&self, moments: &Moments<'t>) -> Option<(Part, Vec<Node>, Option<Node>)> {
        let mut used = Set::new();
        let mut written = Set::new();
        for statement in self.body {
            mentions(statement, &mut used, &mut written);
        }
        let mut ways: Vec<Way> = Vec::new();
        let mut live = Set::new();
        if self.ways.end.is_some() {
            ways.push(Way::End);
            live.extend(&moments.end);
        }
        for label in &self.ways.labels {
            ways.push(Way::Label(label));
            live.extend(moments.labels.get(label).into_iter().flatten());
        }
        if self.ways.returns.is_some() {
            ways.push(Way::Return);
        }
        let given: Vec<&str> = live.intersection(&written).copied().collect();
        // What is given back has a value on all ways only if it has one from the beginning.
        let taken: Vec<&str> = used
            .iter()
            .filter(|name| moments.begin.contains(*name))
            .copied()
            .collect();
        let end = self
            .ways
            .end
            .as_ref()
            .and_then(|types| types.first())
            .copied();
        let returned = self
            .ways
            .returns
            .as_ref()
            .and_then(|types| types.first())
            .copied();
        let mut results: Vec<&str> = given.iter().map(|name| self.types[name]).collect();
        results.extend(end);
        results.extend(returned);
        if ways.len() > 1 {
            results.push("i32");
        }
        let passed = taken.iter().map(|name| self.types[name]);
        if !passed.chain(results.iter().copied()).all(is_number) {
            return None;
        }
        let shape = Shape {
            ways: &ways,
            given: &given,
            end,
            returned,
            results: &results,
        };
        let size: usize = self.body.iter().map(Node::size).sum();
        let cost = 6 + 2 * taken.len() + 4 * results.len() + 5 * (ways.len().max(1) - 1);
        if size < cost + GAIN_MIN {
            return None;
        }
        let mut call = format!("(call {}", self.name);
        let mut header = format!("(func {}", self.name);
        for name in &taken {
            call.push_str(&format!(" (local.get {name})"));
            header.push_str(&format!(" (param {name} {})", self.types[name]));
        }
        call.push(')');
        if !results.is_empty() {
            header.push_str(&format!(" (result {})", results.join(" ")));
        }
        for name in used.union(&written).filter(|name| !taken.contains(name)) {
            header.push_str(&format!(" (local {name} {})", self.types[name]));
        }
        if let Some(kind) = end {
            header.push_str(&format!(" (local $~end {kind})"));
        }
        header.push(')');
        let Some(Node::List(mut function)) = Node::read(&header) else {
            return None;
        };
        function.extend(shape.body(self.body)?);
        let tuple = format!("$~{}", self.name.trim_matches(['$', '"']).replace(' ', "~"));
        let stub = shape.stub(&call, &tuple)?;
        let local = match results.as_slice() {
            [] => None,
            [one] => Node::read(&format!("(local {tuple} {one})")),
            many => Node::read(&format!("(local {tuple} (tuple {}))", many.join(" "))),
        };
        let part = Part {
            name: self.name.to_owned(),
            function: function_text(&Node::List(function)),
            call,
        };
        Some((part, stub, local))
    }
}

/// What a unit gives back, in this order: locals, what it leaves at its end, what it returns, the number of the way.
struct Shape<'t> {
    ways: &'t [Way<'t>],
    given: &'t [&'t str],
    end: Option<&'t str>,
    returned: Option<&'t str>,
    results: &'t [&'t str],
}

impl Shape<'_> {
    /// The statements as those of a function.
    fn body(&self, statements: &[Node]) -> Option<Vec<Node>> {
        let mut inside = Vec::new();
        let mut out: Vec<Node> = Vec::new();
        for statement in statements {
            out.push(self.inner(statement, &mut inside)?);
        }
        if self.ways.contains(&Way::End) {
            let mut value = String::new();
            if self.end.is_some() {
                let mut set = String::from("(local.set $~end ");
                out.pop()?.write(&mut set);
                set.push(')');
                out.push(Node::read(&set)?);
                value.push_str("(local.get $~end)");
            }
            let values = self.values(Way::End, &value, "");
            if !values.is_empty() {
                out.push(Node::read(&values)?);
            }
        }
        Some(out)
    }

    /// What is given on a way, as one expression; empty where that is nothing.
    fn values(&self, way: Way, end: &str, returned: &str) -> String {
        let zero = |kind: &str| format!("({kind}.const 0)");
        let mut values: Vec<String> = self
            .given
            .iter()
            .zip(self.results)
            .map(|(name, kind)| match way {
                Way::Return => zero(kind),
                _ => format!("(local.get {name})"),
            })
            .collect();
        for (kind, value) in [(self.end, end), (self.returned, returned)] {
            if let Some(kind) = kind {
                values.push(if value.is_empty() {
                    zero(kind)
                } else {
                    value.to_owned()
                });
            }
        }
        if self.ways.len() > 1 {
            let number = self
                .ways
                .iter()
                .position(|known| *known == way)
                .unwrap_or(0);
            values.push(format!("(i32.const {number})"));
        }
        match values.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            many => format!("(tuple.make {} {})", many.len(), many.join(" ")),
        }
    }

    fn inner<'n>(&self, node: &'n Node, inside: &mut Vec<&'n str>) -> Option<Node> {
        let Node::List(nodes) = node else {
            return Some(node.clone());
        };
        let target = node.rest().first().map_or("", Node::word);
        let labelled = matches!(node.head(), "block" | "loop") && target.starts_with('$');
        if labelled {
            inside.push(target);
        }
        let mut inner = Vec::with_capacity(nodes.len());
        for node in nodes {
            inner.push(self.inner(node, inside)?);
        }
        if labelled {
            inside.pop();
        }
        let leaves = matches!(node.head(), "br" | "br_if") && !inside.contains(&target);
        match node.head() {
            "br" if leaves => {
                let values = self.values(Way::Label(target), "", "");
                Node::read(&format!("(return {values})"))
            }
            "br_if" if leaves => {
                let mut condition = String::new();
                inner.last()?.write(&mut condition);
                let values = self.values(Way::Label(target), "", "");
                Node::read(&format!("(if {condition} (then (return {values})))"))
            }
            "return" => {
                let mut value = String::new();
                if self.returned.is_some() {
                    inner.last()?.write(&mut value);
                }
                let values = self.values(Way::Return, "", &value);
                Node::read(&format!("(return {values})"))
            }
            _ => Some(Node::List(inner)),
        }
    }

    /// What stands where the statements stood.
    fn stub(&self, call: &str, tuple: &str) -> Option<Vec<Node>> {
        let count = self.results.len();
        let value = |index: usize| match count {
            1 => format!("(local.get {tuple})"),
            _ => format!("(tuple.extract {count} {index} (local.get {tuple}))"),
        };
        let mut lines = Vec::new();
        match count {
            0 => lines.push(call.to_owned()),
            _ => lines.push(format!("(local.set {tuple} {call})")),
        }
        for (index, name) in self.given.iter().enumerate() {
            lines.push(format!("(local.set {name} {})", value(index)));
        }
        let at_end = self.given.len();
        let at_return = at_end + usize::from(self.end.is_some());
        let returns = match self.returned {
            Some(_) => format!("(return {})", value(at_return)),
            None => String::from("(return)"),
        };
        let end_first = self.ways.first() == Some(&Way::End);
        // The end comes last, so that the other ways are asked for; without it the last way needs no question.
        for (number, way) in self.ways.iter().enumerate() {
            let asked = end_first || number + 1 < self.ways.len();
            let is = format!(
                "(i32.eq {} (i32.const {number}))",
                value(count.saturating_sub(1))
            );
            lines.push(match (way, asked) {
                (Way::End, _) => continue,
                (Way::Label(label), true) => format!("(br_if {label} {is})"),
                (Way::Label(label), false) => format!("(br {label})"),
                (Way::Return, true) => format!("(if {is} (then {returns}))"),
                (Way::Return, false) => returns.clone(),
            });
        }
        match (self.ways.is_empty(), end_first && self.end.is_some()) {
            (true, _) => lines.push(String::from("(unreachable)")),
            (false, true) => lines.push(value(at_end)),
            (false, false) => {}
        }
        lines.iter().map(|line| Node::read(line)).collect()
    }
}

fn is_number(kind: &str) -> bool {
    matches!(kind, "i32" | "i64" | "f32" | "f64")
}

/// The locals that are named in it, and those that are written.
fn mentions<'t>(node: &'t Node, used: &mut Set<'t>, written: &mut Set<'t>) {
    let name = node.rest().first().map_or("", Node::word);
    match node.head() {
        "local.get" => drop(used.insert(name)),
        "local.set" | "local.tee" => {
            used.insert(name);
            written.insert(name);
        }
        _ => {}
    }
    for inner in node.lists() {
        mentions(inner, used, written);
    }
}

#[cfg(test)]
#[path = "outline_tests.rs"]
mod tests;
