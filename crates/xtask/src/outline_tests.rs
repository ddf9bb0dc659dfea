use super::*;

/// The function and its parts, where the stretches with these numbers ran.
fn outlined(text: &str, ran: &[usize]) -> (String, Vec<Part>) {
    let tree = Node::read(text).expect("a function");
    let ran = ran.iter().copied().collect();
    let Outlined { function, parts } =
        outline(&tree, 7, &mut Stretches::default(), &ran).expect("it is worth it");
    (function, parts)
}

/// Statements that are long enough to be worth it.
fn long(last: &str) -> String {
    let store = "(i32.store (local.get $a) (local.get $b)) ";
    format!("{}{last}", store.repeat(30))
}

#[test]
fn what_did_not_run_gets_what_it_reads_and_gives_what_is_read_after_it() {
    let text = format!(
        "(func $f (param $a i32) (param $b i32) (result i32) (local $c i32) (local $d i64)
          (if (local.get $a) (then {}))
          (i32.add (local.get $c) (local.get $a)))",
        long("(local.set $c (i32.const 5)) (local.set $d (i64.const 1))")
    );
    let (function, parts) = outlined(&text, &[0]);
    let [part] = parts.as_slice() else {
        panic!("one part: {function}");
    };
    assert_eq!(
        part.call,
        "(call $\"seldom 7.0\" (local.get $a) (local.get $b))"
    );
    assert!(function.contains(&format!(
        "(then (local.set $~seldom~7.0 {}) (local.set $c (local.get $~seldom~7.0)))",
        part.call
    )));
    let header = " (func $\"seldom 7.0\" (param $a i32) (param $b i32) (result i32)\n";
    assert!(part.function.starts_with(header), "{}", part.function);
    assert!(part.function.ends_with("  (local.get $c)\n )\n"));
}

#[test]
fn several_ways_out_are_numbered() {
    let text = format!(
        "(func $f (param $a i32) (param $b i32) (result i32)
          (block $out
           (if (local.get $a) (then {}))
           (call $g))
          (i32.const 3))",
        long("(if (local.get $b) (then (return (i32.const 9)))) (br_if $out (local.get $a))")
    );
    let (function, parts) = outlined(&text, &[0, 1, 5, 6]);
    let part = &parts[0];
    assert!(
        part.function.contains("(result i32 i32)"),
        "{}",
        part.function
    );
    assert!(
        part.function
            .contains("(return (tuple.make 2 (i32.const 9) (i32.const 2)))")
    );
    assert!(part.function.contains(
        "(if (local.get $a) (then (return (tuple.make 2 (i32.const 0) (i32.const 1)))))"
    ));
    assert!(
        part.function
            .ends_with("(tuple.make 2 (i32.const 0) (i32.const 0))\n )\n")
    );
    let number = "(tuple.extract 2 1 (local.get $~seldom~7.0))";
    assert!(function.contains(&format!("(br_if $out (i32.eq {number} (i32.const 1)))")));
    assert!(function.contains(&format!(
        "(if (i32.eq {number} (i32.const 2)) (then (return (tuple.extract 2 0 (local.get $~seldom~7.0)))))"
    )));
}

#[test]
fn a_local_that_the_next_round_of_a_loop_reads_is_given_back() {
    let text = format!(
        "(func $f (param $a i32) (param $b i32) (local $c i32)
          (loop $again
           (if (local.get $a) (then {}))
           (br_if $again (local.get $b))))",
        long("(local.set $c (i32.add (local.get $c) (i32.const 1))) (call $g (local.get $c))")
    );
    let (function, parts) = outlined(&text, &[0, 1, 3]);
    assert!(
        parts[0].call.contains("(local.get $c)"),
        "{}",
        parts[0].call
    );
    assert!(function.contains("(local.set $c (local.get $~seldom~7.0))"));
}

#[test]
fn what_ran_stays_and_so_does_what_is_short() {
    let ran = BTreeSet::from([0]);
    let short = "(func $f (param $a i32) (if (local.get $a) (then (call $g))))";
    let tree = Node::read(short).expect("a function");
    assert!(outline(&tree, 0, &mut Stretches::default(), &ran).is_none());
}
