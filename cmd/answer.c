#include "answer.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { NUMBER_LEN = 40 };

struct answer {
	struct db_statement *statement;
	size_t n;
	struct rows_column *columns;
	struct text *cells;
	bool *numbers; /* which of the cells are */
	struct buffer text;
	struct rows rows;
};

/* As SQLite writes it, with more digits if it needs them. */
static int append_real(struct buffer *out, double value)
{
	char text[NUMBER_LEN];

	if (isinf(value))
		return buffer_append_text(out, value > 0 ? "Inf" : "-Inf");
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	if (strpbrk(text, ".e") == NULL)
		strcat(text, ".0");
	return buffer_append_text(out, text);
}

static int append_hex(struct buffer *out, struct text blob)
{
	for (size_t i = 0; i < blob.len; i++) {
		if (buffer_printf(out, "%02x", (unsigned char)blob.data[i]) != 0)
			return -1;
	}
	return 0;
}

static int append_cell(struct answer *a, int i)
{
	const struct text text = db_text(a->statement, i);

	switch (db_type(a->statement, i)) {
	case DB_INT: return buffer_printf(&a->text, "%" PRId64, db_int(a->statement, i));
	case DB_DOUBLE: return append_real(&a->text, db_double(a->statement, i));
	case DB_TEXT: return buffer_append(&a->text, text.data, text.len);
	case DB_BLOB: return append_hex(&a->text, text);
	default: return 0;
	}
}

/* Cells are texts within a->text, which moves while it grows. */
static int take_row(struct answer *a)
{
	const char *at;

	buffer_clear(&a->text);
	if (buffer_reserve(&a->text, 1) != 0)
		return -1;
	for (size_t i = 0; i < a->n; i++) {
		const size_t before = a->text.len;
		const enum db_type type = db_type(a->statement, (int)i);

		a->numbers[i] = type == DB_INT || type == DB_DOUBLE;
		if (append_cell(a, (int)i) != 0)
			return -1;
		a->cells[i].len = a->text.len - before;
	}
	at = (const char *)a->text.data;
	for (size_t i = 0; i < a->n; i++) {
		const bool is_null = db_type(a->statement, (int)i) == DB_NULL;

		a->cells[i].data = is_null ? NULL : at;
		at += a->cells[i].len;
	}
	return 0;
}

/* The first row, if there is one, says which columns stand to the right. */
static int begin(struct answer *a, enum rows_format format, int more)
{
	if (more > 0 && take_row(a) != 0)
		return -1;
	for (size_t i = 0; i < a->n; i++)
		a->columns[i] =
		    (struct rows_column){db_column_name(a->statement, (int)i), more > 0 && a->numbers[i]};
	return rows_open(&a->rows, stdout, format, a->columns, a->n);
}

static int print(struct answer *a, enum rows_format format, uint64_t *n)
{
	int more = db_step(a->statement);

	if (more < 0 || begin(a, format, more) != 0)
		return -1;
	for (; more > 0; ++*n) {
		if (rows_add_typed(&a->rows, a->cells, a->numbers) != 0)
			return -1;
		more = db_step(a->statement);
		if (more > 0 && take_row(a) != 0)
			return -1;
	}
	/* What was printed of an answer that breaks off is told apart by the status. */
	return more == 0 ? rows_end(&a->rows) : -1;
}

int answer_print(struct db_statement *s, enum rows_format format, uint64_t *n)
{
	struct answer a = {.statement = s, .n = (size_t)db_columns(s)};
	int result = -1;

	a.columns = calloc(a.n + 1, sizeof *a.columns);
	a.cells = calloc(a.n + 1, sizeof *a.cells);
	a.numbers = calloc(a.n + 1, sizeof *a.numbers);
	if (a.columns == NULL || a.cells == NULL || a.numbers == NULL)
		cause_memory();
	else
		result = a.n > 0 ? print(&a, format, n) : db_run(s);
	rows_close(&a.rows);
	buffer_free(&a.text);
	free(a.columns);
	free(a.cells);
	free(a.numbers);
	return result;
}
