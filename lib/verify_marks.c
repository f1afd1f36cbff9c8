#include "verify_parts.h"

#include "control.h"
#include "line.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { READ_BYTES = 1 << 18 };

/* A mark, as far as it is held against anything. */
struct mark {
	struct text path, status, content;
	uint64_t size, mtime_ns, lines, kept, rejected, blank, reasons;
};

static bool is(const struct mark *m, const char *status)
{
	return text_equal(m->status, text_of(status));
}

/* --- sums ------------------------------------------------------------------------------------------------
 */

static void check_sums(struct verify *v, const struct mark *m, struct verify_counts *counts)
{
	uint64_t rows = 0, rejects = 0;
	uint32_t place;

	if (dictionary_find(&counts->sources, m->path.data, m->path.len, &place)) {
		rows = counts->rows[place];
		rejects = counts->rejects[place];
		/* What is left in the end has no mark. */
		counts->rows[place] = counts->rejects[place] = 0;
	}
	if (m->lines != m->kept + m->rejected + m->blank)
		verify_tell(v, m->path, "lines",
			    "%" PRIu64 " lines are not %" PRIu64 " kept, %" PRIu64 " rejected and %" PRIu64
			    " blank",
			    m->lines, m->kept, m->rejected, m->blank);
	if (m->kept != rows)
		verify_tell(v, m->path, "kept",
			    "%" PRIu64 " lines were kept, and Silver has %" PRIu64 " rows", m->kept, rows);
	if (m->rejected != rejects)
		verify_tell(v, m->path, "rejected",
			    "%" PRIu64 " lines were rejected, and quarantine has %" PRIu64, m->rejected,
			    rejects);
	if (m->rejected != m->reasons)
		verify_tell(v, m->path, "reasons",
			    "%" PRIu64 " lines were rejected, and %" PRIu64 " for a reason", m->rejected,
			    m->reasons);
}

static void check_unmarked(struct verify *v, const struct verify_counts *counts)
{
	for (uint32_t i = 0; i < counts->sources.strings.n; i++) {
		if (counts->rows[i] > 0 || counts->rejects[i] > 0)
			verify_tell(v, strings_get(&counts->sources.strings, i), "unmarked",
				    "%" PRIu64 " rows in Silver and %" PRIu64 " in quarantine, and no mark",
				    counts->rows[i], counts->rejects[i]);
	}
}

/* --- Bronze ----------------------------------------------------------------------------------------------
 */

static void tell_progress(struct verify *v, uint64_t bytes)
{
	v->done.bytes += bytes;
	if (v->progress != NULL)
		v->progress(v->context, &v->done);
}

/* Of a source that was kept as far as it was whole, what is hashed is what its lines were read from. */
static int hash_lines(struct input *in, struct hash128 *hash)
{
	struct line_reader lines;
	struct line line;
	int more = -1;

	if (line_reader_open(&lines, in, LINE_LIMIT) == 0) {
		while ((more = line_next(&lines, &line)) > 0)
			;
		*hash = line_hash(&lines);
	}
	line_reader_close(&lines);
	if (more < 0 && input_is_damaged(in)) {
		cause_clear();
		more = 0;
	}
	return more;
}

static int hash_content(struct input *in, struct buffer *data, struct hash128 *hash)
{
	struct hash_stream stream;
	ssize_t n;

	if (buffer_reserve(data, READ_BYTES) != 0)
		return -1;
	hash_begin(&stream);
	while ((n = input_read(in, data->data, READ_BYTES)) > 0)
		hash_update(&stream, data->data, (size_t)n);
	*hash = hash_end(&stream);
	return (int)n;
}

/* full is the path of the file; what says what it is if the content is another; data is scratch. 1: it is as
 * it was when it was read. */
static int check_content(struct verify *v, const struct mark *m, const char *full, const char *what,
			 struct buffer *data)
{
	struct input *in = input_open(full);
	char hex[LEDGER_ID_LEN + 1];
	struct hash128 hash = {0};
	int result = -1;

	if (in != NULL)
		result = is(m, LEDGER_PARTIAL) ? hash_lines(in, &hash) : hash_content(in, data, &hash);
	if (result < 0 && in != NULL && input_is_damaged(in)) {
		const char *message = cause_message();
		const size_t len = strlen(full);

		if (strncmp(message, full, len) == 0 && strncmp(message + len, ": ", 2) == 0)
			message += len + 2;
		verify_tell(v, m->path, what, "%s", message);
		cause_clear();
		result = 0;
	} else if (result == 0) {
		ledger_write_hash(hex, hash);
		result = text_equal(m->content, text_of(hex));
		if (!result)
			verify_tell(v, m->path, what, "it holds something else than when it was read");
	}
	input_close(in);
	return result;
}

static int check_bronze(struct verify *v, const struct mark *m, struct buffer *name, struct buffer *data)
{
	struct stat st;

	buffer_clear(name);
	if (buffer_printf(name, "%s/%.*s", v->lake->path, (int)m->path.len, m->path.data) != 0 ||
	    buffer_text(name) == NULL)
		return -1;
	if (stat(buffer_text(name), &st) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return cause_system("%s", buffer_text(name));
		verify_tell(v, m->path, "vanished", "it is marked, and no longer in Bronze");
		return 0;
	}
	const uint64_t mtime_ns = (uint64_t)st.st_mtim.tv_sec * 1000000000U + (uint64_t)st.st_mtim.tv_nsec;
	const bool touched = (uint64_t)st.st_size != m->size || mtime_ns != m->mtime_ns;
	int same;

	if (!v->contents && !touched)
		return 0;
	same = check_content(v, m, buffer_text(name), touched ? "changed" : "content", data);
	v->touched += touched && same == 1;
	if (v->contents)
		tell_progress(v, m->size);
	return same < 0 ? -1 : 0;
}

/* As after a lake was copied: no fault, and not worth a line for each file. */
static void note_touched(struct verify *v)
{
	char detail[128];

	if (v->touched == 0)
		return;
	snprintf(detail, sizeof detail,
		 "the content of %" PRIu64 " files is as marked, and their time or size is not", v->touched);
	v->note(v->context, "bronze", "touched", detail);
}

int verify_marks(struct verify *v, struct db *db, struct verify_counts *counts)
{
	struct db_statement *s = db_prepare(
	    db, "SELECT path, status, content, size, mtime_ns, lines, kept, rejected, blank,"
		" (SELECT coalesce(sum(rejects), 0) FROM lake_reject WHERE source = path AND"
		" lake_reject.end_run IS NULL) FROM lake_source WHERE end_run IS NULL ORDER BY path");
	struct buffer name = {0}, data = {0};
	int more = -1;

	while (s != NULL && (more = db_step(s)) == 1) {
		const struct mark m = {
		    .path = db_text(s, 0),
		    .status = db_text(s, 1),
		    .content = db_text(s, 2),
		    .size = (uint64_t)db_int(s, 3),
		    .mtime_ns = (uint64_t)db_int(s, 4),
		    .lines = (uint64_t)db_int(s, 5),
		    .kept = (uint64_t)db_int(s, 6),
		    .rejected = (uint64_t)db_int(s, 7),
		    .blank = (uint64_t)db_int(s, 8),
		    .reasons = (uint64_t)db_int(s, 9),
		};

		v->sources++;
		check_sums(v, &m, counts);
		/* What is never to be taken may be anything. */
		if (!is(&m, LEDGER_SKIPPED) && check_bronze(v, &m, &name, &data) != 0) {
			more = -1;
			break;
		}
	}
	if (more == 0) {
		check_unmarked(v, counts);
		note_touched(v);
	}
	db_finalize(s);
	buffer_free(&name);
	buffer_free(&data);
	return more;
}
