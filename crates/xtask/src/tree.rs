//! A function of a module as a tree, from the folded text form that wasm-dis writes.

use std::fmt::Write;

/// `(head …)`, or a word in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Word(String),
    List(Vec<Node>),
}

impl Node {
    /// Reads one `(…)`; nothing where the text holds less than that.
    pub fn read(text: &str) -> Option<Node> {
        let mut open: Vec<Vec<Node>> = Vec::new();
        let mut rest = text.trim_start();
        loop {
            if let Some(after) = rest.strip_prefix('(') {
                open.push(Vec::new());
                rest = after;
            } else if let Some(after) = rest.strip_prefix(')') {
                let node = Node::List(open.pop()?);
                match open.last_mut() {
                    Some(outer) => outer.push(node),
                    None => return Some(node),
                }
                rest = after;
            } else {
                let length = word_length(rest)?;
                open.last_mut()?.push(Node::Word(rest[..length].to_owned()));
                rest = &rest[length..];
            }
            rest = rest.trim_start();
        }
    }

    /// What tells it from another that looks the same, as long as neither moves.
    pub fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    /// The word that says what a list is; empty for a word.
    pub fn head(&self) -> &str {
        match self {
            Node::List(nodes) => nodes.first().map_or("", Node::word),
            Node::Word(_) => "",
        }
    }

    /// The word itself; empty for a list.
    pub fn word(&self) -> &str {
        match self {
            Node::Word(word) => word,
            Node::List(_) => "",
        }
    }

    /// What stands in a list after its head.
    pub fn rest(&self) -> &[Node] {
        match self {
            Node::List(nodes) => nodes.get(1..).unwrap_or_default(),
            Node::Word(_) => &[],
        }
    }

    /// The lists in a list.
    pub fn lists(&self) -> impl DoubleEndedIterator<Item = &Node> {
        self.rest()
            .iter()
            .filter(|node| matches!(node, Node::List(_)))
    }

    /// Whether its statements run one after the other.
    pub fn is_sequence(&self) -> bool {
        matches!(self.head(), "func" | "block" | "loop" | "then" | "else")
    }

    /// Where the statements of a sequence begin, counted with its head.
    pub fn body_start(&self) -> usize {
        let declared = |node: &&Node| {
            matches!(node, Node::Word(_))
                || matches!(
                    node.head(),
                    "param" | "result" | "local" | "type" | "export"
                )
        };
        1 + self.rest().iter().take_while(declared).count()
    }

    /// The types of its `(result …)`.
    pub fn results(&self) -> Vec<&str> {
        self.lists()
            .filter(|node| node.head() == "result")
            .flat_map(|node| node.rest().iter().map(Node::word))
            .collect()
    }

    /// Whether control can go elsewhere before the statement after it.
    pub fn branches(&self) -> bool {
        matches!(
            self.head(),
            "br" | "br_if" | "br_table" | "return" | "unreachable"
        ) || self.lists().any(Node::branches)
    }

    /// Whether control never goes on to the statement after it.
    pub fn ends(&self) -> bool {
        matches!(self.head(), "br" | "br_table" | "return" | "unreachable")
    }

    /// About how many bytes it is.
    pub fn size(&self) -> usize {
        let within: usize = self.lists().map(Node::size).sum();
        within
            + match self.head() {
                "param" | "result" | "local" | "type" | "then" | "func" => 0,
                "else" => 1,
                "block" | "loop" | "if" | "call" | "call_indirect" => 3,
                head if head.contains(".load") || head.contains(".store") => 3,
                head if head.ends_with(".const")
                    || head.contains('.') && self.rest().len() == 1 =>
                {
                    2
                }
                head if head.starts_with("br") => 2,
                _ => 1,
            }
    }

    /// The text, in one line.
    pub fn write(&self, out: &mut String) {
        match self {
            Node::Word(word) => out.push_str(word),
            Node::List(nodes) => {
                out.push('(');
                for (index, node) in nodes.iter().enumerate() {
                    if index > 0 {
                        out.push(' ');
                    }
                    node.write(out);
                }
                out.push(')');
            }
        }
    }
}

/// A function as wasm-dis writes one: a line with its head, then each local and each statement in one of its own.
pub fn function_text(function: &Node) -> String {
    let mut text = String::from(" (func");
    let mut lines = false;
    for node in function.rest() {
        lines |=
            !matches!(node, Node::Word(_)) && !matches!(node.head(), "param" | "result" | "type");
        text.push_str(if lines { "\n  " } else { " " });
        node.write(&mut text);
    }
    let _ = writeln!(text, "\n )");
    text
}

fn word_length(text: &str) -> Option<usize> {
    let quoted = text.strip_prefix('$').unwrap_or(text);
    if let Some(inner) = quoted.strip_prefix('"') {
        let mut escaped = false;
        let end = inner.find(|letter| {
            let closes = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            closes
        })?;
        return Some(text.len() - inner.len() + end + 1);
    }
    match text.find(|letter: char| letter.is_whitespace() || letter == '(' || letter == ')') {
        Some(0) | None => None,
        length => length,
    }
}
