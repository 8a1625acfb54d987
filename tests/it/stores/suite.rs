//! The tests of `download` once more, with a store for the folder that they name.

use std::process::Command;

use crate::support::run::folder;
use crate::support::tools::needs;
use crate::support::zoho::HOMES;

/// Where they are. What other files test is another command, or the way to Zoho and not from there.
const FILES: [&str; 18] = [
    "damaged",
    "download",
    "events",
    "expiry",
    "integrity",
    "limits",
    "longrun",
    "ranges",
    "refusals",
    "remote_errors",
    "resume",
    "saved",
    "secrets",
    "sizes",
    "stopping",
    "tell",
    "two_runs",
    "waiting",
];

/// Why some do not apply.
const NOT_IN_A_STORE: &[(&str, &[&str])] = &[
    (
        "a store has no modes, no links, and nothing that is neither a file nor a folder",
        &[
            "download::folders_and_files_are_private_whatever_the_umask",
            "download::folders_that_are_made_on_the_way_are_private_and_the_others_stay_as_they_are",
            "saved::a_link_in_the_place_for_a_corrupt_file_is_not_followed",
            "saved::symbolic_links_under_every_name_we_would_write_are_refused_and_not_followed",
            "saved::what_is_no_file_stands_in_the_way_under_every_name_and_nothing_waits_for_it",
        ],
    ),
    (
        "an object may have the name of a prefix: only a store over a folder, as this one is, can't have both",
        &[
            "events::a_file_in_the_place_of_the_folder_is_told_as_an_error",
            "saved::a_file_in_the_place_of_the_folder_of_the_set_is_left_alone",
        ],
    ),
    (
        "the disk is that of the store",
        &[
            "saved::a_file_system_that_is_read_only_is_named",
            "saved::a_full_disk_exits_7_and_more_room_lets_the_same_command_finish",
            "saved::a_full_disk_is_not_kept_full_by_what_was_only_reserved",
            "saved::what_takes_the_place_of_a_part_takes_its_room_too",
            "saved::what_was_saved_before_the_disk_got_full_is_kept_and_not_fetched_again",
        ],
    ),
    (
        "what a run has left in a store is known by its mark, which nobody leaves by writing a file",
        &[
            "saved::a_file_that_a_crash_left_unrecorded_is_verified_and_taken_in",
            "saved::an_unrecorded_file_that_is_corrupt_is_not_taken_in",
        ],
    ),
    (
        "where the manifest is damaged the objects say of themselves what they are, and their bytes never change without that",
        &[
            "damaged::a_file_that_nothing_calls_ours_stays_where_it_is",
            "damaged::a_file_that_the_list_of_digests_knows_otherwise_is_moved_aside",
            "damaged::everything_empty_is_fetched_again_and_every_night_after_that_is_green",
            "expiry::a_damaged_manifest_is_made_anew_though_the_links_expired",
            "integrity::what_was_accepted_stays_so_when_the_manifest_is_made_anew",
        ],
    ),
    (
        "the lock is an object with a lease, which has tests of its own",
        &[
            "two_runs::a_deleted_lock_file_lets_nothing_wrong_happen",
            "two_runs::a_lock_that_lies_lets_nothing_wrong_happen",
            "two_runs::a_run_on_another_machine_lets_nothing_wrong_happen",
            "two_runs::a_run_whose_lock_file_is_deleted_promises_nothing_and_the_next_one_finishes",
        ],
    ),
    (
        "a profile names the place",
        &[
            "tell::early::verify_tells_by_its_flags_and_leaves_those_of_the_profile_to_downloads",
            "tell::hooks::a_profile_has_commands_as_text_and_as_a_list_that_is_taken_as_it_is",
            "tell::metrics::profiles_share_a_file_and_none_erases_another",
            "tell::pings::a_profile_has_a_ping_and_a_flag_goes_before_it",
        ],
    ),
    (
        "it runs the program in a way of its own",
        &["stopping::a_signal_while_it_waits_for_the_next_try_ends_it"],
    ),
    (
        "hundreds of runs or files that differ in what Zoho answers, long before something is stored",
        &[
            "limits::tens_of_thousands_of_links_are_planned_at_once",
            "ranges::a_later_run_does_not_stop_at_a_range_that_is_refused",
            "remote_errors::no_hint_of_list_leads_to_list",
            "remote_errors::on_a_file_every_code_has_its_exit_code_and_is_never_saved",
            "remote_errors::on_the_api_every_code_has_its_exit_code_and_a_hint",
            "remote_errors::without_a_code_the_status_decides",
            "resume::a_body_cut_after_any_byte_comes_whole_in_the_next_run",
            "resume::a_body_cut_after_any_byte_comes_whole_in_the_same_run",
            "resume::a_body_cut_twice_comes_whole_in_the_same_run",
            "resume::a_file_that_changed_meanwhile_starts_over",
            "secrets::what_a_server_echoes_is_never_shown_logged_or_written",
        ],
    ),
];

#[test]
#[ignore = "as long as all of them: .ci/run runs it on its own"]
fn the_tests_of_download_pass_with_a_store_for_the_folder() {
    needs!(S3);
    let root = folder();
    let mut command = tests();
    command.arg("--exact").args(applicable());
    let status = command.env(HOMES, root.path()).status();
    assert!(status.expect("it is this program").success());
}

/// All there are in those files, but those that do not apply.
fn applicable() -> Vec<String> {
    let listed = tests().arg("--list").output().expect("it is this program");
    let listed = String::from_utf8(listed.stdout).expect("names are text");
    let tests = listed
        .lines()
        .filter_map(|line| line.strip_suffix(": test"));
    let is_chosen = |test: &&str| {
        test.split_once("::")
            .is_some_and(|(file, _)| FILES.contains(&file))
    };
    let mut tests: Vec<&str> = tests.filter(is_chosen).collect();
    for name in NOT_IN_A_STORE.iter().flat_map(|(_, names)| *names) {
        let at = tests.iter().position(|test| test == name);
        tests.remove(at.unwrap_or_else(|| panic!("there is no test {name}")));
    }
    tests.into_iter().map(str::to_owned).collect()
}

fn tests() -> Command {
    Command::new(std::env::current_exe().expect("a program has a name"))
}
