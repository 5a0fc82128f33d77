//! The cures of all mistakes, compiled as one program.
//!
//! One binary links in the time of one; a file for each case remains, beside
//! the mistake of the same name.
#![deny(warnings)]

#[path = "options/pass/also_closure.rs"]
mod options_also_closure;
#[path = "options/pass/also_string.rs"]
mod options_also_string;
#[path = "options/pass/carry_empty.rs"]
mod options_carry_empty;
#[path = "options/pass/carry_twice.rs"]
mod options_carry_twice;
#[path = "options/pass/carry_call.rs"]
mod options_carry_call;
#[path = "options/pass/crate_string.rs"]
mod options_crate_string;
#[path = "options/pass/key_empty.rs"]
mod options_key_empty;
#[path = "options/pass/key_integer.rs"]
mod options_key_integer;
#[path = "options/pass/name_empty.rs"]
mod options_name_empty;
#[path = "options/pass/name_not_a_string.rs"]
mod options_name_not_a_string;
#[path = "options/pass/no_response_unknown.rs"]
mod options_no_response_unknown;
#[path = "options/pass/on_abort_unknown.rs"]
mod options_on_abort_unknown;
#[path = "options/pass/on_call_closure.rs"]
mod options_on_call_closure;
#[path = "options/pass/on_call_with_value.rs"]
mod options_on_call_with_value;
#[path = "options/pass/option_in_parentheses.rs"]
mod options_option_in_parentheses;
#[path = "options/pass/option_misspelt.rs"]
mod options_option_misspelt;
#[path = "options/pass/option_twice.rs"]
mod options_option_twice;
#[path = "options/pass/option_unknown.rs"]
mod options_option_unknown;
#[path = "options/pass/option_with_colon.rs"]
mod options_option_with_colon;
#[path = "options/pass/option_without_comma.rs"]
mod options_option_without_comma;
#[path = "options/pass/option_without_name.rs"]
mod options_option_without_name;
#[path = "options/pass/option_without_value.rs"]
mod options_option_without_value;
#[path = "options/pass/option_without_value_behind_sign.rs"]
mod options_option_without_value_behind_sign;
#[path = "options/pass/options_in_braces.rs"]
mod options_options_in_braces;
#[path = "options/pass/phase_integer.rs"]
mod options_phase_integer;
#[path = "options/pass/phase_misspelt.rs"]
mod options_phase_misspelt;
#[path = "options/pass/phase_unknown.rs"]
mod options_phase_unknown;
#[path = "options/pass/phase_without_quotes.rs"]
mod options_phase_without_quotes;
#[path = "options/pass/same_thread_also.rs"]
mod options_same_thread_also;
#[path = "options/pass/same_thread_async.rs"]
mod options_same_thread_async;
#[path = "options/pass/same_thread_async_block.rs"]
mod options_same_thread_async_block;
#[path = "options/pass/same_thread_string.rs"]
mod options_same_thread_string;
#[path = "options/pass/several_mistakes.rs"]
mod options_several_mistakes;
#[path = "options/pass/timeout_closure.rs"]
mod options_timeout_closure;
#[path = "options/pass/timeout_decimal.rs"]
mod options_timeout_decimal;
#[path = "options/pass/timeout_integer.rs"]
mod options_timeout_integer;
#[path = "options/pass/timeout_sync.rs"]
mod options_timeout_sync;
#[path = "options/pass/timeout_too_long.rs"]
mod options_timeout_too_long;
#[path = "options/pass/timeout_unknown_unit.rs"]
mod options_timeout_unknown_unit;
#[path = "options/pass/timeout_without_unit.rs"]
mod options_timeout_without_unit;
#[path = "options/pass/timeout_zero.rs"]
mod options_timeout_zero;
#[path = "options/pass/when_async.rs"]
mod options_when_async;
#[path = "options/pass/when_not_a_closure.rs"]
mod options_when_not_a_closure;
#[path = "options/pass/when_two_arguments.rs"]
mod options_when_two_arguments;
#[path = "options/pass/without_response_misspelt.rs"]
mod options_without_response_misspelt;
#[path = "options/pass/on_call_misspelt.rs"]
mod options_on_call_misspelt;
#[path = "options/pass/crate_misspelt.rs"]
mod options_crate_misspelt;
#[path = "no_go/pass/class_short.rs"]
mod no_go_class_short;
#[path = "no_go/pass/class_upper_case.rs"]
mod no_go_class_upper_case;
#[path = "no_go/pass/class_without_list.rs"]
mod no_go_class_without_list;
#[path = "no_go/pass/class_without_quotes.rs"]
mod no_go_class_without_quotes;
#[path = "no_go/pass/class_zero.rs"]
mod no_go_class_zero;
#[path = "no_go/pass/code_beyond_counting.rs"]
mod no_go_code_beyond_counting;
#[path = "no_go/pass/code_negative.rs"]
mod no_go_code_negative;
#[path = "no_go/pass/code_not_digits.rs"]
mod no_go_code_not_digits;
#[path = "no_go/pass/code_too_high.rs"]
mod no_go_code_too_high;
#[path = "no_go/pass/code_too_low.rs"]
mod no_go_code_too_low;
#[path = "no_go/pass/code_too_low_in_string.rs"]
mod no_go_code_too_low_in_string;
#[path = "no_go/pass/code_with_suffix.rs"]
mod no_go_code_with_suffix;
#[path = "no_go/pass/element_of_wrong_kind.rs"]
mod no_go_element_of_wrong_kind;
#[path = "no_go/pass/empty_piece.rs"]
mod no_go_empty_piece;
#[path = "no_go/pass/empty_string.rs"]
mod no_go_empty_string;
#[path = "no_go/pass/integer_without_list.rs"]
mod no_go_integer_without_list;
#[path = "no_go/pass/list_lacks_comma.rs"]
mod no_go_list_lacks_comma;
#[path = "no_go/pass/list_twice.rs"]
mod no_go_list_twice;
#[path = "no_go/pass/list_without_commas.rs"]
mod no_go_list_without_commas;
#[path = "no_go/pass/list_without_option.rs"]
mod no_go_list_without_option;
#[path = "no_go/pass/not_a_list.rs"]
mod no_go_not_a_list;
#[path = "no_go/pass/range_backwards.rs"]
mod no_go_range_backwards;
#[path = "no_go/pass/range_half_open.rs"]
mod no_go_range_half_open;
#[path = "no_go/pass/range_like_rust.rs"]
mod no_go_range_like_rust;
#[path = "no_go/pass/range_misspelt.rs"]
mod no_go_range_misspelt;
#[path = "no_go/pass/range_of_classes.rs"]
mod no_go_range_of_classes;
#[path = "no_go/pass/range_one_sided.rs"]
mod no_go_range_one_sided;
#[path = "no_go/pass/range_with_suffix.rs"]
mod no_go_range_with_suffix;
#[path = "no_go/pass/range_without_quotes.rs"]
mod no_go_range_without_quotes;
#[path = "no_go/pass/several_faults.rs"]
mod no_go_several_faults;
#[path = "targets/pass/associated_fn_without_parameters.rs"]
mod targets_associated_fn_without_parameters;
#[path = "targets/pass/attribute_on_the_spot.rs"]
mod targets_attribute_on_the_spot;
#[path = "targets/pass/attribute_twice.rs"]
mod targets_attribute_twice;
#[path = "targets/pass/const_fn.rs"]
mod targets_const_fn;
#[path = "targets/pass/constant.rs"]
mod targets_constant;
#[path = "targets/pass/enum.rs"]
mod targets_enum;
#[path = "targets/pass/extern_fn.rs"]
mod targets_extern_fn;
#[path = "targets/pass/fn_outside_a_body.rs"]
mod targets_fn_outside_a_body;
#[path = "targets/pass/fn_without_body.rs"]
mod targets_fn_without_body;
#[path = "targets/pass/impl_block.rs"]
mod targets_impl_block;
#[path = "targets/pass/module.rs"]
mod targets_module;
#[path = "targets/pass/returns_impl_trait.rs"]
mod targets_returns_impl_trait;
#[path = "targets/pass/struct.rs"]
mod targets_struct;
#[path = "targets/pass/trait_block.rs"]
mod targets_trait_block;
#[path = "targets/pass/type_alias.rs"]
mod targets_type_alias;
#[path = "targets/pass/type_parameters_on_the_spot.rs"]
mod targets_type_parameters_on_the_spot;
#[path = "targets/pass/unsafe_fn.rs"]
mod targets_unsafe_fn;
#[path = "targets/pass/unsafe_fn_called.rs"]
mod targets_unsafe_fn_called;
#[path = "targets/pass/unsafe_fn_on_the_spot.rs"]
mod targets_unsafe_fn_on_the_spot;
#[path = "targets/pass/where_clause_on_the_spot.rs"]
mod targets_where_clause_on_the_spot;
#[path = "targets/pass/returns_impl_trait_inside.rs"]
mod targets_returns_impl_trait_inside;
#[path = "captures/pass/argument_lifetime.rs"]
mod captures_argument_lifetime;
#[path = "captures/pass/argument_mutable_reference.rs"]
mod captures_argument_mutable_reference;
#[path = "captures/pass/argument_path.rs"]
mod captures_argument_path;
#[path = "captures/pass/argument_reference.rs"]
mod captures_argument_reference;
#[path = "captures/pass/argument_reference_inside.rs"]
mod captures_argument_reference_inside;
#[path = "captures/pass/argument_slice.rs"]
mod captures_argument_slice;
#[path = "captures/pass/argument_str.rs"]
mod captures_argument_str;
#[path = "captures/pass/argument_trait_object.rs"]
mod captures_argument_trait_object;
#[path = "captures/pass/clone_empty.rs"]
mod captures_clone_empty;
#[path = "captures/pass/clone_method_call.rs"]
mod captures_clone_method_call;
#[path = "captures/pass/clone_mut.rs"]
mod captures_clone_mut;
#[path = "captures/pass/clone_mut_without_name.rs"]
mod captures_clone_mut_without_name;
#[path = "captures/pass/clone_new_name.rs"]
mod captures_clone_new_name;
#[path = "captures/pass/clone_no_argument.rs"]
mod captures_clone_no_argument;
#[path = "captures/pass/clone_self.rs"]
mod captures_clone_self;
#[path = "captures/pass/clone_twice.rs"]
mod captures_clone_twice;
#[path = "captures/pass/clone_with_sign.rs"]
mod captures_clone_with_sign;
#[path = "captures/pass/clone_without_name.rs"]
mod captures_clone_without_name;
#[path = "captures/pass/receiver_mutable_reference.rs"]
mod captures_receiver_mutable_reference;
#[path = "captures/pass/receiver_pinned.rs"]
mod captures_receiver_pinned;
#[path = "captures/pass/receiver_reference.rs"]
mod captures_receiver_reference;
#[path = "captures/pass/argument_by_ref.rs"]
mod captures_argument_by_ref;
#[path = "captures/pass/clone_of_static.rs"]
mod captures_clone_of_static;
#[path = "captures/pass/clone_as_keyword.rs"]
mod captures_clone_as_keyword;
#[path = "captures/pass/clone_as_nothing.rs"]
mod captures_clone_as_nothing;
#[path = "handler/pass/closure_attribute_twice.rs"]
mod handler_closure_attribute_twice;
#[path = "handler/pass/closure_option_misspelt.rs"]
mod handler_closure_option_misspelt;
#[path = "handler/pass/closure_returns_async_block.rs"]
mod handler_closure_returns_async_block;
#[path = "handler/pass/closure_two_arguments.rs"]
mod handler_closure_two_arguments;
#[path = "handler/pass/handler_on_module.rs"]
mod handler_handler_on_module;
#[path = "handler/pass/handler_on_struct.rs"]
mod handler_handler_on_struct;
#[path = "handler/pass/handler_option.rs"]
mod handler_handler_option;
#[path = "handler/pass/in_macro_variable.rs"]
mod handler_in_macro_variable;
#[path = "handler/pass/let_else.rs"]
mod handler_let_else;
#[path = "handler/pass/let_value_is_a_call.rs"]
mod handler_let_value_is_a_call;
#[path = "handler/pass/let_without_closure.rs"]
mod handler_let_without_closure;
#[path = "handler/pass/let_without_value.rs"]
mod handler_let_without_value;
#[path = "handler/pass/on_block.rs"]
mod handler_on_block;
#[path = "handler/pass/on_call_expression.rs"]
mod handler_on_call_expression;
#[path = "handler/pass/on_field.rs"]
mod handler_on_field;
#[path = "handler/pass/on_macro_call.rs"]
mod handler_on_macro_call;
#[path = "handler/pass/on_match_arm.rs"]
mod handler_on_match_arm;
#[path = "handler/pass/on_method_call.rs"]
mod handler_on_method_call;
#[path = "handler/pass/options_behind_sign.rs"]
mod handler_options_behind_sign;
#[path = "handler/pass/below_the_attribute.rs"]
mod handler_below_the_attribute;
#[path = "handler/pass/hidden_by_cfg_attr.rs"]
mod handler_hidden_by_cfg_attr;
#[path = "compiler/pass/body_of_wrong_type.rs"]
mod compiler_body_of_wrong_type;
#[path = "compiler/pass/borrow_of_local.rs"]
mod compiler_borrow_of_local;
#[path = "compiler/pass/borrow_of_local_closure.rs"]
mod compiler_borrow_of_local_closure;
#[path = "compiler/pass/call_of_registration.rs"]
mod compiler_call_of_registration;
#[path = "compiler/pass/captures_on_call.rs"]
mod compiler_captures_on_call;
#[path = "compiler/pass/change_of_clone.rs"]
mod compiler_change_of_clone;
#[path = "compiler/pass/clone_of_what_cannot.rs"]
mod compiler_clone_of_what_cannot;
#[path = "compiler/pass/closure_returns_integer.rs"]
mod compiler_closure_returns_integer;
#[path = "compiler/pass/closure_without_handler.rs"]
mod compiler_closure_without_handler;
#[path = "compiler/pass/debug_handler_outside.rs"]
mod compiler_debug_handler_outside;
#[path = "compiler/pass/error_without_display.rs"]
mod compiler_error_without_display;
#[path = "compiler/pass/generic_without_send.rs"]
mod compiler_generic_without_send;
#[path = "compiler/pass/method_of_trait.rs"]
mod compiler_method_of_trait;
#[path = "compiler/pass/missing_clone.rs"]
mod compiler_missing_clone;
#[path = "compiler/pass/missing_clone_closure.rs"]
mod compiler_missing_clone_closure;
#[path = "compiler/pass/question_mark_in_unit_body.rs"]
mod compiler_question_mark_in_unit_body;
#[path = "compiler/pass/rc_across_await.rs"]
mod compiler_rc_across_await;
#[path = "compiler/pass/rc_capture.rs"]
mod compiler_rc_capture;
#[path = "compiler/pass/rc_capture_closure.rs"]
mod compiler_rc_capture_closure;
#[path = "compiler/pass/returns_integer.rs"]
mod compiler_returns_integer;
#[path = "compiler/pass/self_of_reference.rs"]
mod compiler_self_of_reference;
#[path = "compiler/pass/task_of_async_work.rs"]
mod compiler_task_of_async_work;
#[path = "compiler/pass/key_of_number.rs"]
mod compiler_key_of_number;
#[path = "compiler/pass/also_not_a_future.rs"]
mod compiler_also_not_a_future;
#[path = "compiler/pass/carry_of_static.rs"]
mod compiler_carry_of_static;
#[path = "compiler/pass/unused_argument.rs"]
mod compiler_unused_argument;
#[path = "compiler/pass/tail_without_semicolon.rs"]
mod compiler_tail_without_semicolon;
#[path = "compiler/pass/wildcard_of_a_guard.rs"]
mod compiler_wildcard_of_a_guard;
#[path = "compiler/pass/capture_of_a_closure.rs"]
mod compiler_capture_of_a_closure;
#[path = "compiler/pass/capture_of_rule_and_body.rs"]
mod compiler_capture_of_rule_and_body;
#[path = "compiler/pass/key_with_field.rs"]
mod compiler_key_with_field;

fn main() {}
