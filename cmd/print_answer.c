#include "print_answer.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { NUMBER_LEN = 40 };

struct printer {
	struct db_statement *statement, *names;
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

static int append_cell(struct printer *p, int i)
{
	const struct text text = db_text(p->statement, i);

	switch (db_type(p->statement, i)) {
	case DB_INT: return buffer_printf(&p->text, "%" PRId64, db_int(p->statement, i));
	case DB_DOUBLE: return append_real(&p->text, db_double(p->statement, i));
	case DB_TEXT: return buffer_append(&p->text, text.data, text.len);
	case DB_BLOB: return append_hex(&p->text, text);
	default: return 0;
	}
}

/* Cells are texts within p->text, which moves while it grows. */
static int take_row(struct printer *p)
{
	const char *at;

	buffer_clear(&p->text);
	if (buffer_reserve(&p->text, 1) != 0)
		return -1;
	for (size_t i = 0; i < p->n; i++) {
		const size_t before = p->text.len;
		const enum db_type type = db_type(p->statement, (int)i);

		p->numbers[i] = type == DB_INT || type == DB_DOUBLE;
		if (append_cell(p, (int)i) != 0)
			return -1;
		p->cells[i].len = p->text.len - before;
	}
	at = (const char *)p->text.data;
	for (size_t i = 0; i < p->n; i++) {
		const bool is_null = db_type(p->statement, (int)i) == DB_NULL;

		p->cells[i].data = is_null ? NULL : at;
		at += p->cells[i].len;
	}
	return 0;
}

/* The first row, if there is one, says which columns stand to the right. */
static int begin(struct printer *p, enum rows_format format, int more)
{
	if (more > 0 && take_row(p) != 0)
		return -1;
	for (size_t i = 0; i < p->n; i++)
		p->columns[i] =
		    (struct rows_column){db_column_name(p->names, (int)i), more > 0 && p->numbers[i]};
	return rows_open(&p->rows, stdout, format, p->columns, p->n);
}

static int print(struct printer *p, enum rows_format format, uint64_t *n)
{
	int more = db_step(p->statement);

	if (more < 0 || begin(p, format, more) != 0)
		return -1;
	for (; more > 0; ++*n) {
		if (rows_add_typed(&p->rows, p->cells, p->numbers) != 0)
			return -1;
		more = db_step(p->statement);
		if (more > 0 && take_row(p) != 0)
			return -1;
	}
	/* What was printed of an answer that breaks off is told apart by the status. */
	return more == 0 ? rows_end(&p->rows) : -1;
}

int print_answer(const struct answer *answer, enum rows_format format, uint64_t *n)
{
	struct printer p = {
	    .statement = answer->rows, .names = answer->names, .n = (size_t)db_columns(answer->rows)};
	int result = -1;

	p.columns = calloc(p.n + 1, sizeof *p.columns);
	p.cells = calloc(p.n + 1, sizeof *p.cells);
	p.numbers = calloc(p.n + 1, sizeof *p.numbers);
	if (p.columns == NULL || p.cells == NULL || p.numbers == NULL)
		cause_memory();
	else
		result = p.n > 0 ? print(&p, format, n) : db_run(answer->rows);
	rows_close(&p.rows);
	buffer_free(&p.text);
	free(p.columns);
	free(p.cells);
	free(p.numbers);
	return result;
}
