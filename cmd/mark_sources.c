#include "mark.h"

#include "lake/ledger.h"
#include "lake/marked.h"
#include "stream/control.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The sources that one is compared with: those before it, two hours of five-minute files. */
enum { TRAIL = 24, TRAIL_MIN = 3 };

/* So far from the median one stands out: what doubles passes, and so does what halves. */
static const double many = 1.8, few = 0.55;

/* The events of the last sources. */
struct trail {
	uint64_t kept[TRAIL];
	size_t n; /* ever added */
};

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* False when there are too few to say. */
static bool find_median(const struct trail *t, uint64_t *median)
{
	uint64_t sorted[TRAIL];
	const size_t n = t->n < TRAIL ? t->n : TRAIL;

	if (n < TRAIL_MIN)
		return false;
	memcpy(sorted, t->kept, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, compare_numbers);
	*median = sorted[n / 2];
	return true;
}

static const struct rows_column columns[] = {
    {"run", true},          {"committed", false}, {"status", false},   {"path", false},
    {"lines", true},        {"kept", true},       {"rejected", true},  {"blank", true},
    {"first_error", false}, {"median", true},     {"of_median", true}, {"stands_out", false},
};

/* Its place among these, and in the query's columns. */
enum {
	RUN,
	COMMITTED,
	STATUS,
	PATH,
	LINES,
	KEPT,
	REJECTED,
	BLANK,
	FIRST_ERROR,
	MEDIAN,
	OF_MEDIAN,
	STANDS_OUT,
	COLUMNS
};
enum { SIZE = MEDIAN, MTIME, CONTENT };

static const char sql[] =
    "SELECT run, (SELECT committed FROM lake_run WHERE lake_run.run = lake_source.run), status, path, lines,"
    " kept, rejected, blank, (SELECT first_line || ':' || first_column || ': ' || reason FROM lake_reject"
    " WHERE source = path AND lake_reject.end_run IS NULL ORDER BY first_line, first_column LIMIT 1), size,"
    " mtime_ns, content FROM lake_source WHERE end_run IS NULL ORDER BY run, path";

/* What has become of the file comes before what it was when it was read. */
static int find_status(const struct lake *lake, struct db_statement *s, struct marked_scratch *scratch,
		       struct text *status)
{
	const struct marked marked = {
	    .path = db_text(s, PATH),
	    .size = (uint64_t)db_int(s, SIZE),
	    .mtime_ns = (uint64_t)db_int(s, MTIME),
	    .content = db_text(s, CONTENT),
	    .is_partial = text_equal(db_text(s, STATUS), text_of(LEDGER_PARTIAL)),
	    .is_archive = text_equal(db_text(s, STATUS), text_of(LEDGER_ARCHIVE)),
	};
	enum marked_now now;

	*status = db_text(s, STATUS);
	if (text_equal(*status, text_of(LEDGER_SKIPPED)))
		return 0;
	if (marked_look(lake, &marked, false, scratch, &now) != 0)
		return -1;
	if (now == MARKED_VANISHED)
		*status = text_of("VANISHED");
	if (now == MARKED_CHANGED)
		*status = text_of("CHANGED");
	return 0;
}

static bool is_taken(struct text status)
{
	return text_equal(status, text_of(LEDGER_DONE)) || text_equal(status, text_of(LEDGER_PARTIAL));
}

/* Its events beside those of the sources before it. */
static void compare(struct trail *trail, uint64_t kept, struct text *cells, char median_text[24],
		    char ratio_text[24])
{
	uint64_t median;

	if (find_median(trail, &median)) {
		const double ratio = median > 0 ? (double)kept / (double)median : 0;

		snprintf(median_text, 24, "%" PRIu64, median);
		cells[MEDIAN] = text_of(median_text);
		if (median > 0) {
			snprintf(ratio_text, 24, "%.2f", ratio);
			cells[OF_MEDIAN] = text_of(ratio_text);
			cells[STANDS_OUT] = text_of(ratio >= many ? "many" : ratio <= few ? "few" : "");
		}
	}
	trail->kept[trail->n++ % TRAIL] = kept;
}

static int print_source(const struct lake *lake, struct db_statement *s, struct trail *trail,
			struct marked_scratch *scratch, struct rows *rows)
{
	struct text cells[COLUMNS] = {{0}};
	char median[24], ratio[24];

	for (int i = 0; i <= FIRST_ERROR; i++)
		if (!db_is_null(s, i))
			cells[i] = db_text(s, i);
	if (is_taken(cells[STATUS]))
		compare(trail, (uint64_t)db_int(s, KEPT), cells, median, ratio);

	if (find_status(lake, s, scratch, &cells[STATUS]) != 0)
		return -1;
	return rows_add(rows, cells);
}

int mark_sources(const struct lake *lake, enum rows_format format)
{
	struct db *db;
	struct ledger ledger;
	struct db_statement *s = NULL;
	struct rows rows = {0};
	struct trail trail = {0};
	struct marked_scratch scratch = {0};
	int more = 0, result = -1;
	const int known = ledger_read(lake, &db, &ledger);

	if (known < 0 || rows_open(&rows, stdout, format, columns, COLUMNS) != 0)
		goto out;
	if (known && (marked_scratch_open(&scratch, db) != 0 || (s = db_prepare(db, sql)) == NULL))
		goto out;
	while (s != NULL && (more = db_step(s)) == 1) {
		if (print_source(lake, s, &trail, &scratch, &rows) != 0)
			goto out;
	}
	if (more == 0)
		result = rows_end(&rows);
out:
	db_finalize(s);
	rows_close(&rows);
	marked_scratch_free(&scratch);
	ledger_close(&ledger);
	db_close(db);
	return result;
}
