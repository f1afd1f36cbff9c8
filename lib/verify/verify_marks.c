#include "verify/verify_parts.h"

#include "lake/marked.h"
#include "stream/control.h"

#include <inttypes.h>
#include <stdio.h>

/* A mark, as far as it is held against anything. */
struct mark {
	struct text path, status, content;
	uint64_t size, mtime_ns, lines, kept, rejected, blank, more, reasons;
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
	if (m->lines + m->more != m->kept + m->rejected + m->blank)
		verify_tell(v, m->path, "lines",
			    "%" PRIu64 " lines are not %" PRIu64 " kept, %" PRIu64 " rejected and %" PRIu64
			    " blank, but for %" PRIu64 " more of the same line",
			    m->lines, m->kept, m->rejected, m->blank, m->more);
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

static int check_bronze(struct verify *v, const struct mark *m, struct marked_scratch *scratch)
{
	const struct marked marked = {
	    .path = m->path,
	    .size = m->size,
	    .mtime_ns = m->mtime_ns,
	    .content = m->content,
	    .is_partial = is(m, LEDGER_PARTIAL),
	    .is_archive = is(m, LEDGER_ARCHIVE),
	};
	enum marked_now now;

	if (marked_look(v->lake, &marked, v->contents, scratch, &now) != 0)
		return -1;
	if (now == MARKED_VANISHED)
		verify_tell(v, m->path, "vanished", "it is marked, and no longer in Bronze");
	if (now == MARKED_CHANGED)
		verify_tell(v, m->path, "changed", "%s", buffer_text(&scratch->why));
	v->touched += now == MARKED_TOUCHED;
	if (v->contents)
		v->done.bytes += m->size;
	if (v->contents && v->progress != NULL)
		v->progress(v->context, &v->done);
	return 0;
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
	    db, "SELECT path, status, content, size, mtime_ns, lines, kept, rejected, blank, more,"
		" (SELECT coalesce(sum(rejects), 0) FROM lake_reject WHERE source = path AND"
		" lake_reject.end_run IS NULL) FROM lake_source WHERE end_run IS NULL ORDER BY path");
	struct marked_scratch scratch = {0};
	int more = -1;

	if (marked_scratch_open(&scratch, db) != 0)
		goto out;
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
		    .more = (uint64_t)db_int(s, 9),
		    .reasons = (uint64_t)db_int(s, 10),
		};

		v->sources++;
		check_sums(v, &m, counts);
		/* What is never to be taken may be anything. */
		if (!is(&m, LEDGER_SKIPPED) && check_bronze(v, &m, &scratch) != 0) {
			more = -1;
			break;
		}
	}
	if (more == 0) {
		check_unmarked(v, counts);
		note_touched(v);
	}
out:
	db_finalize(s);
	marked_scratch_free(&scratch);
	return more;
}
