//! Closures and blocks in every position of a handler.

use crosstown_runtime::{Outcome, Registration, Sent, crosstown_handler, crosstown_traffic};

use super::{names, played};

fn same(registration: Registration) -> Registration {
    registration
}

#[crosstown_handler]
async fn statements(flag: bool) {
    let shared = String::from("shared");
    #[crosstown_traffic(name = "statement", clone(shared))]
    || drop(shared);
    if flag {
        #[crosstown_traffic(name = "if")]
        async {};
    }
    loop {
        #[crosstown_traffic(name = "loop", clone(shared))]
        |_| drop(shared);
        break;
    }
    #[crosstown_traffic(name = "let statement")]
    let task = || drop(shared);
    assert_eq!(task.name(), "let statement");
}

#[crosstown_handler]
async fn values(number: u32) -> Registration {
    let bound = #[crosstown_traffic(name = "let value")]
    async || {};
    same(
        #[crosstown_traffic(name = "argument")]
        |sent: Sent| drop(sent),
    );
    let chosen = match number {
        0 => None,
        _ => Some(
            #[crosstown_traffic(name = "match arm")]
            async |sent: Sent| drop(sent),
        ),
    };
    assert!(chosen.is_some() && bound.name() == "let value");
    #[crosstown_traffic(name = "returned")]
    move || assert_eq!(number, 1)
}

#[crosstown_handler]
async fn inside_others() {
    let outer = |word: &'static str| {
        #[crosstown_traffic(name = "in a closure")]
        || assert_eq!(word, "word")
    };
    outer("word");
    async {
        #[crosstown_traffic(name = "in a block")]
        || ();
    }
    .await;
    #[crosstown_traffic(name = "outside")]
    || {
        fn nested() -> Registration {
            #[crosstown_traffic(name = "in a task")]
            || ()
        }
        nested();
    };
    #[crosstown_traffic(name = "in a fn")]
    fn nested() {}
}

#[crosstown_handler]
async fn in_macros() {
    let list = vec![
        #[crosstown_traffic(name = "vec 1")]
        || (),
        #[crosstown_traffic(name = "vec 2")]
        || (),
    ];
    assert!(
        list.iter().all(|task| !task.is_finished())
            && (#[crosstown_traffic(name = "assert")]
            || ())
                .name()
                == "assert",
        "{}",
        list.len(),
    );
    tokio::join!(
        async {
            #[crosstown_traffic(name = "join")]
            let _task = || ();
        },
        async {
            println!(
                "{}",
                (#[crosstown_traffic(name = "println")]
                || ())
                    .name()
            );
        },
    );
    tokio::select! {
        () = async {} => { #[crosstown_traffic(name = "select")] || (); }
    }
}

struct Shop {
    phone: String,
    shelf: (u32, Vec<u32>),
}

impl Shop {
    #[crosstown_handler]
    async fn method(&self, order: &str) {
        #[crosstown_traffic(clone(self.phone as phone, self.shelf.1 as items, u32::MAX as most))]
        || assert!(phone == "555" && items == [1] && most > 1);
        #[crosstown_traffic(clone(self.shelf.1 as mut items))]
        || {
            items.push(2);
            assert_eq!(items, [1, 2]);
        };
        #[crosstown_traffic(clone(self as shop))]
        || assert_eq!(shop.shelf.0, 7);
        let order = order.to_owned();
        #[crosstown_traffic(clone(mut order))]
        fn nested() {
            order.push('s');
            assert_eq!(order, "orders");
        }
        assert_eq!(order, "order");
    }
}

impl Clone for Shop {
    fn clone(&self) -> Self {
        Self {
            phone: self.phone.clone(),
            shelf: self.shelf.clone(),
        }
    }
}

/// The attribute on a block reaches its methods; on a fn in a body it works as
/// on any other.
#[crosstown_handler]
impl Shop {
    fn in_block(&self) {
        #[crosstown_traffic(name = "in an impl")]
        || ();
    }

    fn in_fn() {
        #[crosstown_handler]
        fn inner() {
            #[crosstown_traffic(name = "in an inner handler")]
            || ();
        }
        inner();
    }
}

/// A trait, and what stands in a body, are reached like the methods of an `impl`.
#[crosstown_handler]
trait Sells {
    fn in_trait(&self) {
        #[crosstown_traffic(name = "in a trait")]
        || ();
        mod inner {
            pub(super) fn in_module() {
                #[crosstown_traffic(name = "in a module")]
                || ();
            }
        }
        trait Inner {
            fn in_inner_trait() {
                #[crosstown_traffic(name = "in an inner trait")]
                || ();
            }
        }
        impl Inner for () {}
        inner::in_module();
        <() as Inner>::in_inner_trait();
    }
}

impl Sells for Shop {}

fn all_completed(played: &[(String, Outcome)]) -> bool {
    played
        .iter()
        .all(|(_, outcome)| *outcome == Outcome::Completed)
}

#[tokio::test]
async fn statements_register() {
    let played = played(statements(true)).await;
    assert!(all_completed(&played), "{played:?}");
    let names: Vec<_> = played.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["statement", "if", "loop", "let statement"]);
}

#[tokio::test]
async fn values_are_registrations() {
    let played = played(values(1)).await;
    assert!(all_completed(&played), "{played:?}");
    let names: Vec<_> = played.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["let value", "argument", "match arm", "returned"]);
}

#[crosstown_handler]
async fn declared() {
    #[crosstown_traffic(name = "closure")]
    |sent: Sent| -> Result<(), std::fmt::Error> {
        drop(sent);
        Err(std::fmt::Error)
    };
    #[crosstown_traffic(name = "async closure")]
    async |sent: Sent| -> Result<(), std::fmt::Error> {
        drop(sent);
        Err(std::fmt::Error)
    };
}

#[tokio::test]
async fn closures_of_sent_may_declare_what_they_return() {
    for (name, outcome) in played(declared()).await {
        assert!(matches!(outcome, Outcome::Failed(_)), "{name}: {outcome:?}");
    }
}

#[tokio::test]
async fn nesting_does_not_hide_the_attribute() {
    let expected = ["in a closure", "in a block", "outside", "in a fn"];
    assert_eq!(names(inside_others()).await, expected);
}

#[tokio::test]
async fn arguments_of_macros_are_rewritten() {
    let expected = ["vec 1", "vec 2", "assert", "join", "println", "select"];
    assert_eq!(names(in_macros()).await, expected);
}

#[tokio::test]
async fn fields_and_paths_are_cloned_under_a_new_name() {
    let shop = Shop {
        phone: "555".into(),
        shelf: (7, vec![1]),
    };
    let played = played(shop.method("order")).await;
    assert!(all_completed(&played) && played.len() == 4, "{played:?}");
}

#[tokio::test]
async fn the_name_of_a_closure_is_its_file_and_line() {
    let shop = Shop {
        phone: "555".into(),
        shelf: (7, vec![1]),
    };
    let names = names(shop.method("order")).await;
    let line = 1 + include_str!("everywhere.rs")
        .lines()
        .position(|line| line.contains("phone == \"555\""))
        .unwrap();
    assert!(
        names[0].ends_with(&format!("everywhere.rs:{line}")),
        "{names:?}"
    );
    assert_eq!(names[3], "nested");
}

#[tokio::test]
async fn a_block_of_methods_and_what_is_inside_of_a_fn_are_handlers_too() {
    let handler = async {
        let shop = Shop {
            phone: String::new(),
            shelf: (0, vec![]),
        };
        shop.in_block();
        Shop::in_fn();
        shop.in_trait();
    };
    let expected = [
        "in an impl",
        "in an inner handler",
        "in a trait",
        "in a module",
        "in an inner trait",
    ];
    assert_eq!(names(handler).await, expected);
}
