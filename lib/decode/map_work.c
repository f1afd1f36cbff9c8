#include "decode/map_work.h"

#include "base/json.h"
#include "base/utf8.h"
#include "decode/exact.h"
#include "decode/jq.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

/* A sanitizer has memory of its own, and something to say. */
#if defined(__SANITIZE_ADDRESS__)
#define WITH_STDERR true
#elif defined(__has_feature)
#define WITH_STDERR (__has_feature(address_sanitizer) || __has_feature(memory_sanitizer))
#else
#define WITH_STDERR false
#endif

enum { START_SECONDS = 60 }; /* of processor time, to compile */

struct worker {
	struct map_shared *shared;
	const struct map_program *program;
	struct jq_program *plain;
	struct jq_program *guarded; /* for lines with numbers that are strings; NULL until there is one */
	struct buffer json, shown;
	struct buffer answer;
	struct buffer why;
};

/*
 * Put before a program that gets such a line: the number that is a string says that it is a number, and its
 * text where it is made one; whoever would compute with it is told, and none gets a wrong result.
 */
static const char guard[] =
    "def _ev_long: type == \"string\" and startswith(\"\\u0000\") and (startswith(\"\\u0000\\u0000\") | not);"
    "def _ev_no: error(\"more digits than jq computes with (tonumber rounds): \\(.[1:])\");"
    "def _ev_in: if _ev_long then _ev_no else . end;"
    "def _ev_with(y): if _ev_long and (y | type == \"number\" or _ev_long) then _ev_no else . end;"
    "def _ev_not: [.. | select(_ev_long)] as $all | if $all == [] then . else $all[0] | _ev_no end;"
    "def _ev_plus(a; b): a + b;"
    "def _ev_minus(a; b): a - b;"
    "def _ev_multiply(a; b): a * b;"
    "def _ev_divide(a; b): a / b;"
    "def _ev_mod(a; b): a % b;"
    "def _ev_equal(a; b): a == b;"
    "def _ev_notequal(a; b): a != b;"
    "def _ev_less(a; b): a < b;"
    "def _ev_lesseq(a; b): a <= b;"
    "def _ev_greater(a; b): a > b;"
    "def _ev_greatereq(a; b): a >= b;"
    "def _ev_type: type; def _ev_length: length; def _ev_tonumber: tonumber; def _ev_tojson: tojson;"
    "def _ev_format(f): format(f);"
    "def _plus(a; b): _ev_plus(a | _ev_in; b | _ev_in);"
    "def _minus(a; b): _ev_minus(a | _ev_in; b | _ev_in);"
    "def _multiply(a; b): _ev_multiply(a | _ev_in; b | _ev_in);"
    "def _divide(a; b): _ev_divide(a | _ev_in; b | _ev_in);"
    "def _mod(a; b): _ev_mod(a | _ev_in; b | _ev_in);"
    "def _equal(a; b): b as $b | a as $a | if ($a | _ev_long) or ($b | _ev_long) then $a | _ev_with($b) | $b "
    "| _ev_with($a) else . end | _ev_equal($a; $b);"
    "def _notequal(a; b): b as $b | a as $a | if ($a | _ev_long) or ($b | _ev_long) then $a | _ev_with($b) | "
    "$b | _ev_with($a) else . end | _ev_notequal($a; $b);"
    "def _less(a; b): b as $b | a as $a | if ($a | _ev_long) or ($b | _ev_long) then $a | _ev_with($b) | $b "
    "| _ev_with($a) else . end | _ev_less($a; $b);"
    "def _lesseq(a; b): b as $b | a as $a | if ($a | _ev_long) or ($b | _ev_long) then $a | _ev_with($b) | "
    "$b | _ev_with($a) else . end | _ev_lesseq($a; $b);"
    "def _greater(a; b): b as $b | a as $a | if ($a | _ev_long) or ($b | _ev_long) then $a | _ev_with($b) | "
    "$b | _ev_with($a) else . end | _ev_greater($a; $b);"
    "def _greatereq(a; b): b as $b | a as $a | if ($a | _ev_long) or ($b | _ev_long) then $a | _ev_with($b) "
    "| $b | _ev_with($a) else . end | _ev_greatereq($a; $b);"
    "def type: if _ev_long then \"number\" else _ev_type end;"
    "def length: _ev_in | _ev_length;"
    "def tonumber: if _ev_long then .[1:] else . end | _ev_tonumber;"
    "def tojson: if _ev_long then .[1:] else _ev_not | _ev_tojson end;"
    "def tostring: if _ev_long then .[1:] elif _ev_type == \"string\" then . else tojson end;"
    "def format(f): if _ev_long then .[1:] else _ev_not end | _ev_format(f);"
    "def numbers: select(type == \"number\"); def strings: select(type == \"string\");";

static struct jq_program *new_guarded(struct worker *w)
{
	const struct jq_words *words = &w->program->words;
	struct buffer text = {0};
	struct jq_program *p = NULL;

	if (buffer_append(&text, w->program->text, words->directives) == 0 &&
	    buffer_append_text(&text, guard) == 0 &&
	    buffer_append_text(&text, w->program->text + words->directives) == 0 &&
	    buffer_text(&text) != NULL)
		p = jq_program_new((const char *)text.data, w->program->folder, &w->why);
	buffer_free(&text);
	return p;
}

/* --- an answer -------------------------------------------------------------------------------------------
 */

static int begin(struct worker *w, enum map_answer_kind kind, size_t n)
{
	const struct map_head head = {kind, (uint32_t)n};

	buffer_clear(&w->answer);
	return buffer_append(&w->answer, &head, sizeof head);
}

/* In words, on one line of a screen: libjq would repeat all of what it was given. */
static int fail(struct worker *w, const char *data, size_t len)
{
	char message[MAP_MESSAGE + 1];
	const char *all = memmem(data, len, " (while parsing '", 17);

	if (all != NULL)
		len = (size_t)(all - data);
	len = utf8_cut(data, len, MAP_MESSAGE);
	for (size_t i = 0; i < len; i++)
		message[i] = (unsigned char)data[i] < 0x20 || data[i] == 0x7f ? ' ' : data[i];
	return begin(w, ANSWER_FAILED, len) != 0 ? -1 : buffer_append(&w->answer, message, len);
}

static int fail_text(struct worker *w, const char *message)
{
	return fail(w, message, strlen(message));
}

static int fail_because(struct worker *w)
{
	return fail(w, (const char *)w->why.data, w->why.len);
}

/* An event, behind those that the answer has. */
static int add_event(struct worker *w)
{
	struct text event;

	if (buffer_reserve(&w->json, JSON_SLACK) != 0)
		return -1;
	event = (struct text){(const char *)w->json.data, w->json.len};
	if (exact_show(&event, &w->shown) != 0)
		return -1;
	const uint32_t len = (uint32_t)event.len;

	if (buffer_append(&w->answer, &len, sizeof len) != 0)
		return -1;
	return buffer_append(&w->answer, event.data, event.len);
}

static int run(struct worker *w, struct jq_program *p, struct text input)
{
	struct map_head head = {ANSWER_EVENTS, 0};
	int more;

	if (jq_program_start(p, input, w->program->words.is_text, &w->why) != 0)
		return fail_because(w);
	if (begin(w, ANSWER_EVENTS, 0) != 0)
		return -1;
	while (buffer_clear(&w->json), (more = jq_program_next(p, &w->json, &w->why)) > 0) {
		if (w->json.len + w->answer.len + sizeof(uint32_t) > MAP_ANSWER)
			return fail_text(w, "it makes more than 16 MiB of this line");
		if (add_event(w) != 0)
			return -1;
		head.n++;
	}
	if (more < 0)
		return fail_because(w);
	memcpy(w->answer.data, &head, sizeof head);
	return 0;
}

/* Half a surrogate pair is no text, and libjq would make something else of it. */
static bool has_half_a_pair(struct text json)
{
	const char *end = json.data + json.len;
	unsigned high = 0; /* how far behind it is where its other half must be */

	for (const char *p = json.data; p < end; p++) {
		if (*p != '\\') {
			if (high != 0)
				return true;
			continue;
		}
		const bool is_surrogate =
		    end - p >= 6 && p[1] == 'u' && (p[2] | 0x20) == 'd' && strchr("89abAB", p[3]) != NULL;
		const bool is_second =
		    end - p >= 6 && p[1] == 'u' && (p[2] | 0x20) == 'd' && strchr("cdefCDEF", p[3]) != NULL;

		if (is_second != (high != 0))
			return true;
		high = is_surrogate;
		p += is_surrogate || is_second ? 5 : 1;
	}
	return high != 0;
}

static int answer_json(struct worker *w, struct text line)
{
	const char *end = line.data + line.len, *start = json_space(line.data, end), *bad = NULL, *p;
	const char *wrong = line.data + utf8_check(line.data, line.len);
	struct json_token token;
	size_t numbers;

	p = json_value(start, end, &token, &bad);
	if (p != NULL && (p = json_space(p, end)) < end)
		bad = p;
	if (wrong < end && (bad == NULL || wrong < bad))
		bad = wrong;
	if (bad != NULL)
		return begin(w, ANSWER_MALFORMED, (size_t)(bad - line.data) + 1);
	if (memmem(line.data, line.len, "\\u", 2) != NULL && has_half_a_pair(line))
		return fail_text(w, "half a surrogate pair in a string");
	if (exact_hide(&line, &w->shown, &numbers) != 0)
		return -1;
	if (numbers == 0)
		return run(w, w->plain, line);
	if (w->program->words.has_modules)
		return fail_text(w, "a number of too many digits for a map with modules");
	if (w->guarded == NULL && (w->guarded = new_guarded(w)) == NULL)
		return fail_because(w);
	return run(w, w->guarded, line);
}

static int answer_line(struct worker *w, struct text line)
{
	if (!w->program->words.is_text)
		return answer_json(w, line);
	const size_t good = utf8_check(line.data, line.len);

	if (good < line.len)
		return begin(w, ANSWER_MALFORMED, good + 1);
	return run(w, w->plain, line);
}

/* --- the process -----------------------------------------------------------------------------------------
 */

static void no_memory(void *unused)
{
	(void)unused;
	_exit(MAP_NO_MEMORY);
}

/* From here on the process ends by a signal that nothing of it can miss; 0 seconds are for ever. */
static void allow_seconds(unsigned seconds)
{
	const struct itimerval time = {.it_value.tv_sec = (time_t)seconds};

	setitimer(ITIMER_PROF, &time, NULL);
}

/* Answers as long as there is room; what there is none for is kept for the next time. */
static void answer_lines(struct worker *w)
{
	struct map_shared *s = w->shared;

	while (s->done < s->n) {
		const struct map_place *place = &s->lines[s->done];

		if (w->answer.len == 0) {
			allow_seconds(w->program->seconds);
			if (answer_line(w, (struct text){(const char *)s->in + place->at, place->len}) != 0)
				no_memory(NULL);
		}
		if (w->answer.len > MAP_OUT - s->out_len)
			break;
		memcpy(s->out + s->out_len, w->answer.data, w->answer.len);
		s->out_len += (uint32_t)w->answer.len;
		buffer_clear(&w->answer);
		__atomic_store_n(&s->done, s->done + 1, __ATOMIC_RELEASE);
	}
	allow_seconds(0);
}

/* Nothing of the reader's but the socket, and no more memory than allowed. */
static int confine(const struct map_program *program, int to)
{
	const struct rlimit no_core = {0, 0};
	struct rlimit memory = {RLIM_INFINITY, RLIM_INFINITY};
	unsigned long pages;
	FILE *file;
	int quiet;

	file = fopen("/proc/self/statm", "re");
	if (file != NULL) {
		if (fscanf(file, "%lu", &pages) == 1)
			memory.rlim_cur = memory.rlim_max =
			    pages * (unsigned long)sysconf(_SC_PAGESIZE) + program->memory;
		fclose(file);
	}
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || dup2(to, STDIN_FILENO) < 0 ||
	    (quiet = open("/dev/null", O_RDWR)) < 0 || dup2(quiet, STDOUT_FILENO) < 0 ||
	    (WITH_STDERR ? 0 : dup2(quiet, STDERR_FILENO)) < 0)
		return -1;
	close_range(STDERR_FILENO + 1, ~0U, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	return WITH_STDERR ? 0 : setrlimit(RLIMIT_AS, &memory);
}

static void tell_refusal(struct worker *w)
{
	struct map_shared *s = w->shared;
	const size_t len = utf8_cut((const char *)w->why.data, w->why.len, MAP_OUT);

	memcpy(s->out, w->why.data, len);
	s->out_len = (uint32_t)len;
	s->refused = 1;
}

/* One byte each way. */
static void exchange(void)
{
	char byte = 0;
	ssize_t n;

	while ((n = write(STDIN_FILENO, &byte, 1)) < 0 && errno == EINTR)
		;
	while (n == 1 && (n = read(STDIN_FILENO, &byte, 1)) < 0 && errno == EINTR)
		;
	if (n != 1)
		_exit(0);
}

void map_work(struct map_shared *shared, const struct map_program *program, int to)
{
	struct worker w = {.shared = shared, .program = program};

	if (confine(program, to) != 0)
		_exit(STATUS_SYSTEM);
	jq_program_no_memory(no_memory);
	allow_seconds(START_SECONDS);
	w.plain = jq_program_new(program->text, program->folder, &w.why);
	allow_seconds(0);
	if (w.plain == NULL)
		tell_refusal(&w);
	for (;;) {
		exchange();
		answer_lines(&w);
	}
}
