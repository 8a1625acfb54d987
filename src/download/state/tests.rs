use super::*;

const MIB: u64 = 1 << 20;

/// So many files over so many connections.
fn files(count: usize, jobs: usize) -> State<()> {
    room_for(usize::MAX, count, jobs)
}

fn room_for(room: usize, count: usize, jobs: usize) -> State<()> {
    let name = |index| FileName::parse(&format!("Data_{index:03}.zip")).unwrap();
    State::new((0..count).map(|index| (name(index), None)), jobs, room)
}

fn whole(length: u64) -> Vec<ByteRange> {
    ByteRange::new(0, length).into_iter().collect()
}

#[test]
fn at_the_start_each_connection_opens_a_file_and_then_about_two_are_in_work() {
    let mut queue = files(10, 4);
    for index in 0..4 {
        assert_eq!(queue.next_task(), Next::Open(index));
    }
    assert_eq!(queue.first_piece(0), None, "one asks as anybody would");
    for index in 0..4 {
        queue
            .opened(index, whole(20 * MIB), true, FirstReply::Whole)
            .unwrap();
    }
    queue.ranges_proven();
    for index in 0..4 {
        assert!(matches!(queue.next_task(), Next::Piece(file, _) if file == index));
    }
    assert_eq!(queue.next_task(), Next::Open(4));
    assert_eq!(queue.next_task(), Next::Open(5));
    assert_eq!(queue.next_task(), Next::Wait);
}

#[test]
fn the_first_range_of_a_file_is_fetched_to_its_end_so_that_the_connection_stays() {
    let mut queue = files(10, 4);
    for index in 0..4 {
        queue.next_task();
        let asked = queue.first_piece(index);
        let came = asked.map_or(FirstReply::Whole, |range| FirstReply::Part(range.len()));
        let first = queue.opened(index, whole(100 * MIB), true, came).unwrap();
        assert!(
            asked.is_none_or(|asked| asked == first),
            "{index}: {first:?}"
        );
    }
}

#[test]
fn a_first_range_goes_on_to_its_end_and_no_further_while_nobody_else_takes_what_follows() {
    let mut queue = files(2, 2);
    for _ in 0..2 {
        queue.next_task();
    }
    queue
        .opened(0, whole(100 * MIB), true, FirstReply::Whole)
        .unwrap();
    let came = queue.first_piece(1).unwrap().end();
    let first = queue
        .opened(1, whole(20 * MIB), true, FirstReply::Part(came))
        .unwrap();
    let mut at = first.end();
    while let Extension::Piece(more) = queue.extend(1, at, came) {
        assert_eq!(more.start(), at);
        at = more.end();
    }
    assert_eq!(at, came);
}

#[test]
fn what_came_of_a_first_range_is_never_exceeded() {
    let mut queue = files(10, 4);
    queue.next_task();
    let first = queue.opened(0, whole(17 * MIB), true, FirstReply::Part(16 * MIB));
    assert_eq!(first.unwrap().len(), 16 * MIB);
    assert_eq!(
        queue.next_task(),
        Next::Piece(0, ByteRange::new(16 * MIB, 17 * MIB).unwrap())
    );
}

#[test]
fn a_server_that_ignores_the_range_of_a_first_request_is_asked_for_whole_files() {
    let mut queue = files(3, 3);
    assert_eq!(queue.next_task(), Next::Open(0));
    assert_eq!(queue.next_task(), Next::Open(1));
    assert!(queue.first_piece(1).is_some());
    let first = queue
        .opened(0, whole(100 * MIB), true, FirstReply::Whole)
        .unwrap();
    queue.ranges_ignored();
    assert_eq!(
        queue
            .opened(1, whole(50 * MIB), true, FirstReply::Whole)
            .unwrap()
            .len(),
        50 * MIB
    );
    assert_eq!(
        queue.next_task(),
        Next::Open(2),
        "file 0 has its own stream"
    );
    assert_eq!(queue.first_piece(2), None);
    assert!(matches!(
        queue.extend(0, first.end(), u64::MAX),
        Extension::Piece(_)
    ));
}

#[test]
fn announced_ranges_are_asked_for_by_all_at_once() {
    let mut queue = files(1, 3);
    queue.next_task();
    queue.ranges_announced();
    queue
        .opened(0, whole(100 * MIB), true, FirstReply::Whole)
        .unwrap();
    assert!(matches!(queue.next_task(), Next::Piece(0, _)));
    assert!(matches!(queue.next_task(), Next::Piece(0, _)));
}

#[test]
fn one_range_request_learns_whether_there_are_ranges() {
    let mut queue = files(1, 8);
    assert_eq!(queue.next_task(), Next::Open(0));
    let first = queue
        .opened(0, whole(1000 * MIB), true, FirstReply::Whole)
        .unwrap();
    assert_eq!((first.start(), first.len()), (0, LARGEST));
    let Next::Piece(0, piece) = queue.next_task() else {
        panic!()
    };
    assert_eq!(piece.start(), LARGEST);
    assert_eq!(
        queue.next_task(),
        Next::Wait,
        "one range request is enough to learn whether there are ranges"
    );
    queue.ranges_proven();
    assert!(matches!(queue.next_task(), Next::Piece(0, _)));
}

#[test]
fn small_files_are_opened_as_fast_as_connections_ask() {
    let mut queue = files(10, 8);
    assert_eq!(queue.next_task(), Next::Open(0));
    queue
        .opened(0, whole(200_000), true, FirstReply::Whole)
        .unwrap();
    for index in 1..10 {
        assert_eq!(queue.next_task(), Next::Open(index));
    }
}

#[test]
fn the_pieces_of_all_files_are_disjoint_and_cover_them_and_get_finer_at_the_end() {
    let lengths = [100 * MIB, 3, 257 * MIB + 1];
    let mut queue = files(lengths.len(), 4);
    queue.ranges_proven();
    let mut got: Vec<Vec<ByteRange>> = vec![Vec::new(); lengths.len()];
    loop {
        match queue.next_task() {
            Next::Open(index) => {
                got[index].extend(queue.opened(
                    index,
                    whole(lengths[index]),
                    true,
                    FirstReply::Whole,
                ));
            }
            Next::Piece(index, piece) => got[index].push(piece),
            Next::Wait | Next::Nothing => break,
        }
    }
    for (pieces, length) in got.iter_mut().zip(lengths) {
        pieces.sort_by_key(|piece| piece.start());
        assert_eq!(pieces.first().unwrap().start(), 0);
        assert_eq!(pieces.last().unwrap().end(), length);
        assert!(
            pieces
                .windows(2)
                .all(|pair| pair[0].end() == pair[1].start())
        );
    }
    assert_eq!(got[0][0].len(), LARGEST);
    assert!(got[2].last().unwrap().len() <= 2 * MIB);
}

#[test]
fn a_server_without_ranges_gets_one_stream_per_file_on_every_connection() {
    let mut queue = files(3, 3);
    assert_eq!(queue.next_task(), Next::Open(0));
    queue
        .opened(0, whole(100 * MIB), true, FirstReply::Whole)
        .unwrap();
    let Next::Piece(0, piece) = queue.next_task() else {
        panic!()
    };
    assert!(queue.ranges_refused(0, piece), "the first stream goes on");
    assert_eq!(queue.next_task(), Next::Open(1));
    assert_eq!(queue.next_task(), Next::Open(2));
    let mut at = LARGEST;
    while let Extension::Piece(more) = queue.extend(0, at, u64::MAX) {
        assert_eq!(more.start(), at);
        at = more.end();
    }
    assert_eq!(at, 100 * MIB);
    assert_eq!(
        queue
            .opened(1, whole(50 * MIB), true, FirstReply::Whole)
            .unwrap()
            .len(),
        50 * MIB
    );
}

/// One file and two connections: the first streams what is given here, the second has asked for a range.
fn one_asks_whether_there_are_ranges() -> (State<()>, ByteRange, ByteRange) {
    let mut queue = files(1, 2);
    queue.next_task();
    let first = queue
        .opened(0, whole(100 * MIB), true, FirstReply::Whole)
        .unwrap();
    let Next::Piece(0, asked) = queue.next_task() else {
        panic!("a range is tried");
    };
    (queue, first, asked)
}

#[test]
fn when_the_first_stream_is_gone_a_refused_range_means_from_zero() {
    let (mut queue, first, piece) = one_asks_whether_there_are_ranges();
    assert_eq!(
        queue.extend(0, first.end(), u64::MAX),
        Extension::Wait,
        "it may be needed yet"
    );
    queue.ranges_unanswered();
    assert_eq!(queue.extend(0, first.end(), u64::MAX), Extension::End);
    assert!(!queue.ranges_refused(0, piece));
}

#[test]
fn a_single_connection_fetches_a_file_in_one_request() {
    let mut queue = files(2, 1);
    assert_eq!(queue.next_task(), Next::Open(0));
    assert_eq!(
        queue
            .opened(0, whole(5000 * MIB), true, FirstReply::Whole)
            .unwrap()
            .len(),
        5000 * MIB
    );
}

#[test]
fn settled_files_end_the_queue() {
    let mut queue = files(1, 2);
    queue.next_task();
    queue.published(0);
    assert_eq!(queue.next_task(), Next::Nothing);
}

#[test]
fn what_a_refused_range_left_is_handed_out_once_the_stream_that_was_to_fetch_it_is_cut() {
    let (mut queue, first, asked) = one_asks_whether_there_are_ranges();
    assert!(queue.ranges_refused(0, asked), "the stream goes on");
    queue.stream_ended(0);
    queue.ranges_proven();
    let Next::Piece(0, next) = queue.next_task() else {
        panic!("nobody else fetches it");
    };
    assert_eq!(next.start(), first.end());
}

#[test]
fn a_file_that_starts_over_leaves_nobody_waiting_for_an_answer_about_its_ranges() {
    let (mut queue, _, _) = one_asks_whether_there_are_ranges();
    let part = Arc::new(());
    queue.install(0, &part);
    queue.start_over(0, &part, false);
    queue.opened(0, whole(100 * MIB), true, FirstReply::Whole);
    assert!(matches!(queue.next_task(), Next::Piece(0, _)));
}

#[test]
fn a_file_that_was_given_up_does_not_come_back_with_a_connection_that_learns_it_late() {
    let (mut queue, _, _) = one_asks_whether_there_are_ranges();
    let part = Arc::new(());
    queue.install(0, &part);
    queue.give_up(0, problem());
    assert_eq!(queue.start_over(0, &part, false), None);
    queue.opened(0, whole(100 * MIB), true, FirstReply::Whole);
    queue.wait_again(0);
    assert_eq!(queue.next_task(), Next::Nothing);
}

#[test]
fn announced_ranges_that_are_refused_to_one_after_the_other_go_back_to_the_stream() {
    let mut queue = files(1, 3);
    queue.next_task();
    queue.ranges_announced();
    let first = queue
        .opened(0, whole(100 * MIB), true, FirstReply::Whole)
        .unwrap();
    let mut asked = Vec::new();
    for _ in 0..2 {
        let Next::Piece(0, piece) = queue.next_task() else {
            panic!("all may ask at once");
        };
        asked.push(piece);
    }
    assert_eq!(queue.extend(0, first.end(), u64::MAX), Extension::Wait);
    assert!(queue.ranges_refused(0, asked[0]));
    let more = queue.extend(0, first.end(), u64::MAX);
    assert_eq!(more, Extension::Piece(asked[0]));
    let at = asked[0].end();
    assert_eq!(queue.extend(0, at, u64::MAX), Extension::Wait);
    assert!(queue.goes_with_the_stream(0, asked[1]), "it need not ask");
    assert!(matches!(
        queue.extend(0, at, u64::MAX),
        Extension::Piece(more) if more.start() == at
    ));
}

#[test]
fn no_more_files_are_begun_than_there_is_room_for() {
    let mut queue = room_for(2, 3, 3);
    assert_eq!(queue.next_task(), Next::Open(0));
    assert_eq!(queue.next_task(), Next::Open(1));
    assert_eq!(queue.next_task(), Next::Wait);
    queue.published(1);
    assert_eq!(queue.next_task(), Next::Open(2));
    queue.published(2);
    assert_eq!(queue.next_task(), Next::Wait, "the first is under way");
    queue.published(0);
    assert_eq!(queue.next_task(), Next::Nothing);
}

#[test]
fn without_ranges_nothing_but_whole_files_is_asked_for() {
    let mut queue = files(2, 4).without_ranges();
    for index in 0..2 {
        assert_eq!(queue.next_task(), Next::Open(index));
        assert_eq!(queue.first_piece(index), None);
        let stretch = queue.opened(index, whole(100 * MIB), true, FirstReply::Whole);
        assert_eq!(stretch.map(ByteRange::len), Some(100 * MIB));
    }
    assert_eq!(queue.next_task(), Next::Wait);
}

/// One file that is being fetched, and what is there of it.
fn open_file() -> (State<()>, Arc<()>) {
    let mut state = files(1, 4);
    state.next_task();
    let part = Arc::new(());
    assert!(state.install(0, &part));
    state.opened(0, whole(100 * MIB), true, FirstReply::Whole);
    (state, part)
}

fn corrupt(digest: &str) -> Corrupt {
    Corrupt {
        reason: "no zip".into(),
        sha256: Some(digest.into()),
    }
}

fn problem() -> Problem {
    Problem::new(crate::exit::Exit::Remote, "any", "any")
}

#[test]
fn only_one_connection_starts_a_file_over() {
    let (mut state, part) = open_file();
    assert_eq!(state.start_over(0, &part, false), Some(1));
    assert_eq!(state.start_over(0, &part, false), None);
    assert!(!state.is_current(0, &part));
    assert_eq!(
        state.next_task(),
        Next::Wait,
        "who started it over opens it"
    );
}

#[test]
fn a_file_that_starts_over_again_and_again_comes_in_one_stream() {
    let (mut state, part) = open_file();
    state.start_over(0, &part, false);
    assert!(state.file(0).may_split());
    assert_eq!(state.first_piece(0), None, "its length is not believed");
    let part = Arc::new(());
    state.install(0, &part);
    assert_eq!(state.start_over(0, &part, false), Some(2));
    assert!(!state.file(0).may_split());
}

#[test]
fn what_is_sealed_is_neither_thrown_away_nor_given_up() {
    let (mut state, part) = open_file();
    assert!(state.seal(0, &part));
    assert_eq!(state.start_over(0, &part, false), None);
    assert!(!state.give_up(0, problem()));
    assert_eq!(state.next_task(), Next::Wait);
    state.published(0);
    assert_eq!(state.next_task(), Next::Nothing);
}

#[test]
fn what_was_thrown_away_is_not_sealed() {
    let (mut state, part) = open_file();
    state.start_over(0, &part, false);
    assert!(!state.seal(0, &part));
}

#[test]
fn a_file_is_given_up_once_and_takes_no_new_part() {
    let (mut state, part) = open_file();
    assert!(state.give_up(0, problem()));
    assert!(!state.give_up(0, problem()));
    assert_eq!(state.failed.len(), 1);
    assert!(!state.is_current(0, &part));
    assert!(!state.install(0, &Arc::new(())));
    assert_eq!(
        state.parts().len(),
        1,
        "what is there stays for the next run"
    );
}

#[test]
fn a_corrupt_file_is_fetched_once_more_in_one_stream() {
    let (mut state, part) = open_file();
    let next = state.corrupt(0, &part, &corrupt("a"), None);
    assert_eq!(next, Some(AfterCorrupt::FetchAgain));
    assert_eq!(state.next_task(), Next::Wait, "it is thrown away first");
    state.wait_again(0);
    assert_eq!(state.next_task(), Next::Open(0));
    assert!(!state.file(0).may_split());
    let part = Arc::new(());
    state.install(0, &part);
    let next = state.corrupt(0, &part, &corrupt("b"), None);
    assert_eq!(next, Some(AfterCorrupt::GiveUp { repeated: false }));
}

#[test]
fn the_same_corrupt_bytes_from_two_fetches_are_so_at_the_server() {
    let repeated = Some(AfterCorrupt::GiveUp { repeated: true });
    let (mut state, part) = open_file();
    let next = state.corrupt(0, &part, &corrupt("a"), Some("a".into()));
    assert_eq!(next, repeated, "the first was in an earlier run");
    let (mut state, part) = open_file();
    state.corrupt(0, &part, &corrupt("a"), None);
    let part = Arc::new(());
    state.install(0, &part);
    assert_eq!(state.corrupt(0, &part, &corrupt("a"), None), repeated);
}

/// Files that only pass through, of which the first three are as long as told.
fn passing(lengths: [u64; 3]) -> State<()> {
    let mut queue = files(10, 4).staged();
    for (index, length) in lengths.into_iter().enumerate() {
        assert_eq!(queue.next_task(), Next::Open(index));
        queue.file_mut(index).length = Some(length);
        queue.opened(index, whole(length), false, FirstReply::Whole);
    }
    queue
}

#[test]
fn of_large_files_that_only_pass_through_three_are_begun_at_a_time() {
    let mut queue = passing([20 * MIB; 3]);
    assert_eq!(queue.next_task(), Next::Wait);
    queue.published(1);
    assert_eq!(queue.next_task(), Next::Open(3));
    assert_eq!(queue.next_task(), Next::Wait);
}

#[test]
fn small_files_that_only_pass_through_are_not_held_back() {
    let mut queue = passing([MIB / 5; 3]);
    for index in 3..6 {
        assert_eq!(queue.next_task(), Next::Open(index));
    }
    assert_eq!(queue.next_task(), Next::Wait, "three may be large");
}

#[test]
fn what_is_kept_of_files_that_were_given_up_takes_the_room_of_one() {
    let mut queue = passing([20 * MIB; 3]);
    let failure = || crate::event::samples::failure();
    assert!(queue.give_up(0, failure()) && queue.keep_given_up(0, 15 * MIB));
    assert!(queue.give_up(1, failure()) && !queue.keep_given_up(1, 15 * MIB));
    assert_eq!(queue.next_task(), Next::Open(3), "two are begun at a time");
    assert_eq!(queue.next_task(), Next::Wait);
}

#[test]
fn where_files_stay_what_is_there_of_those_that_were_given_up_stays_too() {
    let mut queue = files(3, 4);
    assert!((0..3).all(|index| queue.keep_given_up(index, 100 * MIB)));
}
