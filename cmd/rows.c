#include "rows.h"

#include "base/json_write.h"
#include "base/utf8.h"
#include "stream/control.h"

#include <stdlib.h>

enum {
	MEASURED_ROWS = 1000,
	WIDTH_MAX = 100,       /* a wider cell stands out of its column */
	FLUSH_BYTES = 1 << 16, /* of lines */
};

bool rows_format_parse(const char *name, enum rows_format *format)
{
	static const char *const names[] = {"table", "tsv", "csv", "jsonl"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(name, names[i]) == 0) {
			*format = (enum rows_format)i;
			return true;
		}
	}
	return false;
}

/*
 * Columns that a terminal gives to a character: 2 for East Asian wide ones and emoji, 0 for what combines.
 * The blocks of Unicode 15's EastAsianWidth.txt and of the general category Mn, coarsely.
 */
static size_t display_width(uint32_t code)
{
	static const struct {
		uint32_t first, last;
		size_t width;
	} blocks[] = {
	    {0x0300, 0x036f, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05bd, 0},   {0x064b, 0x065f, 0},
	    {0x1100, 0x115f, 2},   {0x1ab0, 0x1aff, 0},   {0x1dc0, 0x1dff, 0},   {0x200b, 0x200f, 0},
	    {0x20d0, 0x20ff, 0},   {0x2e80, 0x303e, 2},   {0x3041, 0x33ff, 2},   {0x3400, 0x4dbf, 2},
	    {0x4e00, 0x9fff, 2},   {0xa000, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},
	    {0xfe00, 0xfe0f, 0},   {0xfe20, 0xfe2f, 0},   {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},
	    {0xffe0, 0xffe6, 2},   {0x1f300, 0x1f64f, 2}, {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1faff, 2},
	    {0x20000, 0x3fffd, 2}, {0xe0100, 0xe01ef, 0},
	};

	for (size_t i = 0; code >= 0x300 && i < sizeof blocks / sizeof blocks[0]; i++)
		if (code >= blocks[i].first && code <= blocks[i].last)
			return blocks[i].width;
	return 1;
}

/* A cell for a terminal: no byte in it moves the cursor or begins a command. */
static int append_visible(struct buffer *out, struct text cell, size_t *width)
{
	*width = 0;
	for (size_t i = 0; i < cell.len;) {
		uint32_t code = 0;
		size_t n = utf8_get(cell.data + i, cell.len - i, &code);
		size_t before = out->len;
		int result;

		if (n == 0)
			result = buffer_printf(out, "\\x%02x", (unsigned char)cell.data[i]);
		else if (code == '\n' || code == '\t' || code == '\r')
			result = buffer_printf(out, "\\%c", code == '\n' ? 'n' : code == '\t' ? 't' : 'r');
		else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			result = buffer_printf(out, "\\x%02x", (unsigned)code);
		else
			result = buffer_append(out, cell.data + i, n);
		if (result != 0)
			return -1;
		*width += out->data[before] == '\\' ? out->len - before : display_width(code);
		i += n != 0 ? n : 1;
	}
	return 0;
}

static int append_tsv(struct buffer *out, struct text cell)
{
	size_t start = 0;

	for (size_t i = 0; i <= cell.len; i++) {
		const char *escape;

		if (i == cell.len)
			return buffer_append(out, cell.data + start, i - start);
		switch (cell.data[i]) {
		case '\t': escape = "\\t"; break;
		case '\n': escape = "\\n"; break;
		case '\r': escape = "\\r"; break;
		case '\\': escape = "\\\\"; break;
		default: continue;
		}
		if (buffer_append(out, cell.data + start, i - start) != 0 ||
		    buffer_append(out, escape, 2) != 0)
			return -1;
		start = i + 1;
	}
	return 0;
}

static int append_csv(struct buffer *out, struct text cell)
{
	bool quoted = cell.data != NULL && cell.len == 0;
	size_t start = 0;

	for (size_t i = 0; i < cell.len && !quoted; i++)
		quoted = strchr(",\"\r\n", cell.data[i]) != NULL && cell.data[i] != '\0';
	if (!quoted)
		return buffer_append(out, cell.data, cell.len);
	if (buffer_append(out, "\"", 1) != 0)
		return -1;
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.data[i] != '"')
			continue;
		/* Up to and with the quote, which the next piece begins with again. */
		if (buffer_append(out, cell.data + start, i + 1 - start) != 0)
			return -1;
		start = i;
	}
	if (buffer_append(out, cell.data + start, cell.len - start) != 0)
		return -1;
	return buffer_append(out, "\"", 1);
}

static bool is_text(struct text cell, const char *text)
{
	return cell.len == strlen(text) && memcmp(cell.data, text, cell.len) == 0;
}

static int append_json(struct buffer *out, const char *name, bool number, struct text cell)
{
	number = number && cell.len != 0;
	if (json_append_text(out, text_of(name)) != 0 || buffer_append(out, ":", 1) != 0)
		return -1;
	if (cell.data == NULL)
		return buffer_append(out, "null", 4);
	if (number && (is_text(cell, "true") || is_text(cell, "false")))
		return buffer_append(out, cell.data, cell.len);
	/* Infinity and its like are no JSON. */
	for (size_t i = 0; i < cell.len && number; i++)
		number = cell.data[i] != '\0' && strchr("0123456789+-.eE", cell.data[i]) != NULL;
	return number ? buffer_append(out, cell.data, cell.len) : json_append_text(out, cell);
}

/* numbers is NULL where the columns say it. */
static int append_line(struct rows *r, const struct text *cells, const bool *numbers)
{
	bool json = r->format == ROWS_JSONL;

	if (json && buffer_append(&r->text, "{", 1) != 0)
		return -1;
	for (size_t i = 0; i < r->n; i++) {
		int result;

		if (i != 0 && buffer_append(&r->text, r->format == ROWS_TSV ? "\t" : ",", 1) != 0)
			return -1;
		switch (r->format) {
		case ROWS_TSV: result = append_tsv(&r->text, cells[i]); break;
		case ROWS_CSV: result = append_csv(&r->text, cells[i]); break;
		default:
			result = append_json(&r->text, r->columns[i].name,
					     numbers != NULL ? numbers[i] : r->columns[i].number, cells[i]);
			break;
		}
		if (result != 0)
			return -1;
	}
	return buffer_append_text(&r->text, json ? "}\n" : "\n");
}

static int append_cells(struct rows *r, const struct text *cells)
{
	if (array_reserve(&r->cells, &r->cap_cells, r->n_cells + r->n, sizeof *r->cells) != 0)
		return -1;
	for (size_t i = 0; i < r->n; i++) {
		struct rows_cell *cell = &r->cells[r->n_cells++];

		cell->start = r->text.len;
		if (append_visible(&r->text, cells[i], &cell->width) != 0)
			return -1;
		cell->len = r->text.len - cell->start;
		if (!r->measured && cell->width > r->widths[i])
			r->widths[i] = cell->width < WIDTH_MAX ? cell->width : WIDTH_MAX;
	}
	return 0;
}

static void print_cell(const struct rows *r, size_t i, const struct rows_cell *cell)
{
	size_t width = r->widths[i] > cell->width ? r->widths[i] - cell->width : 0;
	bool last = i + 1 == r->n;

	if (r->columns[i].number)
		fprintf(r->out, "%*s", (int)width, "");
	fwrite(r->text.data + cell->start, 1, cell->len, r->out);
	if (!r->columns[i].number && !last)
		fprintf(r->out, "%*s", (int)width, "");
	fputs(last ? "\n" : "  ", r->out);
}

static int flush(struct rows *r)
{
	if (r->format == ROWS_TABLE) {
		for (size_t i = 0; i < r->n_cells; i++)
			print_cell(r, i % r->n, &r->cells[i]);
		r->n_cells = 0;
		r->measured = true;
	} else {
		fwrite(r->text.data, 1, r->text.len, r->out);
	}
	buffer_clear(&r->text);
	return ferror(r->out) ? cause_system("stdout: write") : 0;
}

int rows_open(struct rows *r, FILE *out, enum rows_format format, const struct rows_column *columns, size_t n)
{
	struct text *header = calloc(n, sizeof *header);
	int result = -1;

	*r = (struct rows){.out = out, .format = format, .columns = columns, .n = n};
	r->widths = calloc(n, sizeof *r->widths);
	if (header == NULL || r->widths == NULL) {
		cause_memory();
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		header[i] = text_of(columns[i].name);
	result = format == ROWS_JSONL ? buffer_reserve(&r->text, 1) : rows_add(r, header);
out:
	free(header);
	if (result != 0)
		rows_close(r);
	return result;
}

int rows_add(struct rows *r, const struct text *cells)
{
	return rows_add_typed(r, cells, NULL);
}

int rows_add_typed(struct rows *r, const struct text *cells, const bool *numbers)
{
	if (r->format == ROWS_TABLE) {
		if (append_cells(r, cells) != 0)
			return -1;
		/* The header is one of them. */
		return r->n_cells > r->n * (MEASURED_ROWS + 1) || r->measured ? flush(r) : 0;
	}
	if (append_line(r, cells, numbers) != 0)
		return -1;
	return r->text.len >= FLUSH_BYTES ? flush(r) : 0;
}

int rows_end(struct rows *r)
{
	return flush(r);
}

void rows_close(struct rows *r)
{
	buffer_free(&r->text);
	free(r->cells);
	free(r->widths);
	*r = (struct rows){0};
}
