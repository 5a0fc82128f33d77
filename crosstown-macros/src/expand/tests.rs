//! Expansions, compared as tokens.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::{handler, traffic};

fn text(tokens: TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

fn count(tokens: TokenStream) -> usize {
    let tokens = tokens.into_iter();
    tokens.map(|token| 1 + inside(&token)).sum()
}

fn inside(token: &TokenTree) -> usize {
    match token {
        TokenTree::Group(group) => count(group.stream()),
        _ => 0,
    }
}

#[test]
fn options_that_equal_their_default_are_not_printed() {
    let defaults = quote!(same_thread = false, phase = "sent", no_response = "skip");
    let item = quote!(
        fn work() {}
    );
    assert_eq!(
        text(traffic::expand(defaults, item.clone())),
        text(traffic::expand(quote!(), item))
    );
}

#[test]
fn statuses_are_merged_into_ranges() {
    let options = quote!(no_go = ["5xx", "400-405", 302, "404, 599"]);
    let code = text(traffic::expand(
        options,
        quote!(
            fn work() {}
        ),
    ));
    let ranges = ".no_go(&[(302u16,302u16),(400u16,405u16),(500u16,599u16)])";
    assert!(code.contains(ranges), "{code}");
}

#[test]
fn the_body_is_printed_once() {
    let code = text(traffic::expand(
        quote!(),
        quote!(
            async fn work() -> Result<(), E> {
                mark()
            }
        ),
    ));
    assert_eq!(code.matches("mark()").count(), 1, "{code}");
}

#[test]
fn a_handler_without_tasks_stays_as_it_is() {
    let item = quote!(
        pub async fn handler(&self) -> u32 {
            let x = vec![1, 2];
            x.len()
        }
    );
    assert_eq!(text(handler::expand(quote!(), item.clone())), text(item));
}

#[test]
fn key_and_also_are_taken_before_the_body_is_moved() {
    let options = quote!(key = "order-{id}", also = committed(&id));
    let code = text(traffic::expand(
        options,
        quote!(
            fn work() {
                drop(id)
            }
        ),
    ));
    let order = [
        "committed(&id)",
        "format!(\"order-{id}\")",
        "task::<_,()>",
        ".also(",
        ".key(",
        ".follow_response()",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|part| code.find(part).expect(part))
        .collect();
    assert!(places.is_sorted(), "{places:?} in {code}");
}

#[test]
fn mistakes_are_all_reported_and_the_rest_is_expanded() {
    let options = quote!(same_tread = true, no_go = [99, "5x"], phase = "head");
    let code = text(traffic::expand(
        options,
        quote!(
            fn work() {}
        ),
    ));
    assert_eq!(code.matches("compile_error").count(), 3, "{code}");
    assert!(
        code.contains(".phase_head()") && code.contains("letwork="),
        "{code}"
    );
}

#[test]
fn messages_show_paths_as_written() {
    let options = quote!(carry(trace::ID, trace::ID), clone(<T as Holder>::PLACE));
    let item = quote!(
        fn work() {}
    );
    let code = traffic::expand(options, item).to_string();
    for said in [
        "`trace::ID` is carried twice",
        "write `<T as Holder>::PLACE as place`",
    ] {
        assert!(code.contains(said), "{code}");
    }
}

/// The benchmark prints this number.
#[test]
fn tokens_per_use_are_few() {
    let item = quote!(
        fn handler() {
            let task = #[crosstown_traffic(no_go = ["5xx"])]
            || ();
        }
    );
    let without = quote!(
        fn handler() {
            let task = || ();
        }
    );
    let added = count(handler::expand(quote!(), item)) - count(without);
    println!("tokens added by one closure: {added}");
    assert!(added < 100, "{added} tokens");
}

#[test]
fn a_handler_tells_nested_functions_where_the_runtime_is() {
    let told = |item| text(handler::expand(quote!(crate = my::crosstown), item));
    let nested = |function: TokenStream| told(quote! { fn handler() { #function } });
    let bare = nested(quote! { #[crosstown_traffic] fn bare() {} });
    assert!(bare.contains("(crate=my::crosstown,)"), "{bare}");
    let options = nested(quote! { #[crosstown_traffic(name = "b")] fn options() {} });
    assert!(
        options.contains(r#"(crate=my::crosstown,name="b")"#),
        "{options}"
    );
    let path = nested(quote! { #[crosstown_traffic(when = crate::rule)] fn path() {} });
    assert!(path.contains("(crate=my::crosstown,when"), "{path}");
    let elsewhere = nested(quote! { #[crosstown_traffic(crate = other)] fn elsewhere() {} });
    assert!(
        elsewhere.contains("[crosstown_traffic(crate=other)]"),
        "{elsewhere}"
    );
    let in_a_macro = nested(quote! { several! { #[crosstown_traffic] fn one() {} } });
    assert!(
        in_a_macro.contains("(crate=my::crosstown,)"),
        "{in_a_macro}"
    );
    let method = told(quote! { impl Order { #[crosstown_traffic] fn method(self) {} } });
    assert!(method.contains("(crate=my::crosstown,)"), "{method}");
}

/// It expands what is inside by itself, with its own way to the runtime.
#[test]
fn a_handler_leaves_the_inside_of_another_to_it() {
    let text = |item| text(handler::expand(quote!(crate = outer), item));
    let closure = quote! { #[crosstown_traffic] || () };
    let own = text(quote! {
        fn handler() {
            #[crosstown_handler(crate = inner)]
            fn nested() { #closure }
        }
    });
    let left = "#[crosstown_handler(crate=inner)]fnnested(){#[crosstown_traffic]||()}";
    assert!(own.contains(left), "{own}");
    let told = text(quote! { fn handler() { #[crosstown_handler] fn nested() { #closure } } });
    assert!(told.contains("[crosstown_handler(crate=outer,)]"), "{told}");
    assert!(told.contains("#[crosstown_traffic]||()"), "{told}");
    for method in [
        quote! { impl Order { #[crosstown_handler(crate = inner)] fn method() { #closure } } },
        quote! { trait Order { #[crosstown_handler(crate = inner)] fn method() { #closure } } },
        quote! { fn f() { #[crosstown_handler(crate = inner)] impl A { fn b() { #closure } } } },
    ] {
        let method = text(method);
        assert!(method.contains("#[crosstown_traffic]||()"), "{method}");
        assert!(!method.contains("outer"), "{method}");
    }
}

#[test]
fn a_handler_tells_closures_and_blocks_where_the_runtime_is() {
    let expanded = |work: TokenStream| {
        let item = quote!(fn handler() { #work });
        text(handler::expand(quote!(crate = my::crosstown), item))
    };
    for work in [
        quote! { #[crosstown_traffic] || (); },
        quote! { #[crosstown_traffic] async {}; },
        quote! { #[crosstown_traffic] let task = || (); },
        quote! { several!(#[crosstown_traffic] || ()) },
    ] {
        let code = expanded(work);
        assert!(code.contains("my::crosstown::__private"), "{code}");
        assert!(!code.contains("crosstown_runtime"), "{code}");
    }
    let code = expanded(quote! { #[crosstown_traffic(crate = other)] || (); });
    assert!(code.contains("other::__private"), "{code}");
    assert!(!code.contains("my::crosstown"), "{code}");
}
