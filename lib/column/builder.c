#include "column/builder.h"

#include "column/batch_wire.h"
#include "column/codes.h"
#include "column/sweep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_BYTES_FULL = 4 << 20,  /* string data at which a batch is closed early */
	DICTIONARY_CODES = 1 << 20, /* a dictionary beyond either bound is emptied after its batch */
	DICTIONARY_BYTES = 64 << 20,
	PLAIN_DICTIONARY = 1 << 16, /* a smaller dictionary never gives up */
	PLAIN_BATCHES = 31,         /* how long a column stays PLAIN before it tries again */
};

static int column_init(struct builder_column *c, const struct column *column)
{
	*c = (struct builder_column){.type = column->type};
	c->values = malloc(BATCH_ROWS * sizeof *c->values);
	c->valid = calloc(BATCH_ROWS / 64, sizeof *c->valid);
	if (c->values == NULL || c->valid == NULL)
		return cause_memory();
	if (column->type == COLUMN_STRING) {
		c->offsets = malloc((BATCH_ROWS + 1) * sizeof *c->offsets);
		c->fingerprints = malloc(BATCH_ROWS * sizeof *c->fingerprints);
		if (c->offsets == NULL || c->fingerprints == NULL)
			return cause_memory();
		c->offsets[0] = 0;
	}
	return 0;
}

int builder_init(struct builder *b, const struct column *columns, size_t n_columns)
{
	*b = (struct builder){0};
	b->columns = calloc(n_columns > 0 ? n_columns : 1, sizeof *b->columns);
	if (b->columns == NULL)
		return cause_memory();
	b->n_columns = n_columns;
	for (size_t i = 0; i < n_columns; i++) {
		if (column_init(&b->columns[i], &columns[i]) != 0) {
			builder_free(b);
			return -1;
		}
	}
	return 0;
}

void builder_free(struct builder *b)
{
	for (size_t i = 0; i < b->n_columns; i++) {
		struct builder_column *c = &b->columns[i];

		free(c->values);
		free(c->valid);
		free(c->offsets);
		free(c->fingerprints);
		buffer_free(&c->bytes);
		dictionary_free(&c->dictionary);
	}
	free(b->columns);
	*b = (struct builder){0};
}

/* A null row repeats the number before it, which costs no width; among codes it is the first, which exists.
 */
void builder_add_null(struct builder_column *c)
{
	c->values[c->n] = c->n > 0 && c->type != COLUMN_STRING ? c->values[c->n - 1] : 0;
	if (c->plain) {
		c->offsets[c->n + 1] = (uint32_t)c->bytes.len;
		c->fingerprints[c->n] = 0;
	}
	c->n++;
	c->nulls++;
}

void builder_add_nulls(struct builder_column *c, uint32_t n)
{
	const int64_t value = c->n > 0 ? c->values[c->n - 1] : 0;

	assert(c->type != COLUMN_STRING);
	for (uint32_t i = c->n; i < c->n + n; i++)
		c->values[i] = value;
	c->n += n;
	c->nulls += n;
}

static int add_plain(struct builder *b, struct builder_column *c, const char *data, size_t len)
{
	if (buffer_append(&c->bytes, data, len) != 0)
		return -1;
	b->text_bytes += len;
	c->fingerprints[c->n] = hash64(data, len);
	c->offsets[c->n + 1] = (uint32_t)c->bytes.len;
	builder_add_int(c, 0);
	return 0;
}

int builder_code(struct builder *b, struct builder_column *c, const char *data, size_t len, uint32_t *code)
{
	const uint32_t known = c->dictionary.strings.n;

	if (dictionary_code(&c->dictionary, data, len, code) != 0)
		return -1;
	if (c->dictionary.strings.n > known)
		b->text_bytes += len;
	return 0;
}

int builder_add_text(struct builder *b, struct builder_column *c, const char *data, size_t len)
{
	uint32_t code;

	if (c->plain)
		return add_plain(b, c, data, len);
	if (builder_code(b, c, data, len, &code) != 0)
		return -1;
	builder_add_int(c, code);
	return 0;
}

/* The lowest n bits, of 64. */
static inline uint64_t bits_up_to(uint32_t n)
{
	return n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

static void add_numbers(struct builder_column *c, const struct cells *cells, uint32_t n)
{
	int64_t *const values = c->values + c->n;
	int64_t last = c->n > 0 ? values[-1] : 0;

	if (cells->there == bits_up_to(n)) {
		memcpy(values, cells->numbers, n * sizeof *values);
		return;
	}
	/* By a mask: which of them are null cannot be foreseen. */
	for (uint32_t i = 0; i < n; i++) {
		const int64_t is_there = -(int64_t)(cells->there >> i & 1);

		last ^= (last ^ cells->numbers[i]) & is_there;
		values[i] = last;
	}
}

void builder_ask_cells(const struct builder_column *c, struct cells *cells, uint32_t n)
{
	if (c->type == COLUMN_STRING && !c->plain)
		codes_ask(codes_best(), &c->dictionary, cells, n);
}

/* The codes of those of n rows that are there; of the others nothing is written. */
static int find_codes(struct builder *b, struct builder_column *c, struct cells *cells, uint32_t n,
		      int64_t *codes)
{
	const size_t known = c->dictionary.strings.bytes.len;

	if (cells->asked == CELLS_NOT_ASKED)
		builder_ask_cells(c, cells, n);
	if (codes_find(codes_best(), &c->dictionary, cells, codes) != 0)
		return -1;
	b->text_bytes += c->dictionary.strings.bytes.len - known;
	return 0;
}

int builder_codes(struct builder *b, struct builder_column *c, struct cells *cells, uint32_t n,
		  uint32_t *codes)
{
	int64_t wide[CELLS_ROWS];

	if (find_codes(b, c, cells, n, wide) != 0)
		return -1;
	for (uint32_t i = 0; i < n; i++)
		codes[i] = (uint32_t)wide[i];
	return 0;
}

/* The next n rows, of which `there` says whether they are null: bits beyond the n-th are not set. */
static void end_rows(struct builder_column *c, uint64_t there, uint32_t n)
{
	const unsigned bit = c->n % 64;

	c->valid[c->n / 64] |= there << bit;
	if (bit + n > 64)
		c->valid[c->n / 64 + 1] |= there >> (64 - bit);
	c->nulls += n - (uint32_t)__builtin_popcountll(there);
	c->n += n;
}

int builder_add_cells(struct builder *b, struct builder_column *c, struct cells *cells, uint32_t n)
{
	if (c->plain) {
		for (uint32_t i = 0; i < n; i++) {
			const struct text t = cells->texts[i];

			if ((cells->there >> i & 1) == 0)
				builder_add_null(c);
			else if (add_plain(b, c, t.data, t.len) != 0)
				return -1;
		}
		return 0;
	}
	if (c->type != COLUMN_STRING) {
		add_numbers(c, cells, n);
	} else {
		memset(c->values + c->n, 0, n * sizeof *c->values);
		if (find_codes(b, c, cells, n, c->values + c->n) != 0)
			return -1;
	}
	end_rows(c, cells->there, n);
	return 0;
}

void builder_add_ints(struct builder_column *c, int64_t value, uint32_t n)
{
	for (uint32_t i = c->n; i < c->n + n; i++)
		c->values[i] = value;
	builder_take(c, n);
}

void builder_take(struct builder_column *c, uint32_t n)
{
	const uint32_t end = c->n + n;

	while (c->n < end) {
		const uint32_t bit = c->n % 64, room = 64 - bit, left = end - c->n;
		const uint32_t some = left < room ? left : room;

		c->valid[c->n / 64] |= (some == 64 ? ~(uint64_t)0 : ((uint64_t)1 << some) - 1) << bit;
		c->n += some;
	}
}

/* Sets n bits of a bitmap from bit `at` on, all 0 so far, to those of `from`. */
static void copy_bits(uint64_t *to, uint32_t at, const uint64_t *from, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += 64, at += 64) {
		const uint64_t word =
		    n - i < 64 ? from[i / 64] & (((uint64_t)1 << (n - i)) - 1) : from[i / 64];

		to[at / 64] |= word << at % 64;
		if (at % 64 != 0 && word >> (64 - at % 64) != 0)
			to[at / 64 + 1] |= word >> (64 - at % 64);
	}
}

void builder_take_valid(struct builder_column *c, const uint64_t *valid, uint32_t n, uint32_t n_set)
{
	int64_t *rows = builder_room(c);
	uint32_t from = n_set;

	if (n_set == n) {
		builder_take(c, n);
		return;
	}
	/* From the last to the first, so that they can stay where they are. A null row repeats the number
	 * behind it, or at the end the one before it, which costs no width. */
	if (n_set > 0)
		rows[n_set] = rows[n_set - 1];
	else
		rows[0] = c->n > 0 ? rows[-1] : 0;
	for (uint32_t i = n; i-- > 0;) {
		from -= valid[i / 64] >> i % 64 & 1;
		rows[i] = rows[from];
	}
	copy_bits(c->valid, c->n, valid, n);
	c->n += n;
	c->nulls += n - n_set;
}

int builder_add_texts(struct builder *b, struct builder_column *c, const char *data, size_t len, uint32_t n)
{
	if (n > 0 && !c->plain) {
		if (builder_add_text(b, c, data, len) != 0)
			return -1;
		builder_add_ints(c, c->values[c->n - 1], n - 1);
		return 0;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (add_plain(b, c, data, len) != 0)
			return -1;
	}
	return 0;
}

void builder_fill_int(struct builder_column *c, int64_t value, uint32_t n)
{
	assert(c->n == 0 && n > 0);
	c->values[0] = value;
	c->n = n;
	c->uniform = true;
}

int builder_fill_text(struct builder *b, struct builder_column *c, const char *data, size_t len, uint32_t n)
{
	if (c->plain)
		return builder_add_texts(b, c, data, len, n);
	if (builder_add_text(b, c, data, len) != 0)
		return -1;
	c->n = 0;
	builder_fill_int(c, c->values[0], n);
	return 0;
}

/* The texts of the rows that stay move to the front. */
static void keep_plain(struct builder_column *c, const uint32_t *rows, uint32_t n)
{
	uint32_t len = 0;

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t from = c->offsets[rows[i]], bytes = c->offsets[rows[i] + 1] - from;

		if (bytes > 0)
			memmove(c->bytes.data + len, c->bytes.data + from, bytes);
		c->offsets[i] = len;
		c->fingerprints[i] = c->fingerprints[rows[i]];
		len += bytes;
	}
	c->offsets[n] = len;
	c->bytes.len = len;
}

static void keep_rows(struct builder_column *c, const uint32_t *rows, uint32_t n)
{
	const uint32_t words = (c->n + 63) / 64;

	if (!c->uniform) {
		uint32_t there = 0;

		for (uint32_t i = 0; i < n; i++) {
			const uint64_t valid = c->valid[rows[i] / 64] >> rows[i] % 64 & 1;
			uint64_t *word = &c->valid[i / 64];

			/* Rows are ascending: no bit is written before it has been read. */
			*word = (*word & ~((uint64_t)1 << i % 64)) | valid << i % 64;
			c->values[i] = c->values[rows[i]];
			there += (uint32_t)valid;
		}
		c->nulls = n - there;
		if (c->plain)
			keep_plain(c, rows, n);
		if (n % 64 != 0)
			c->valid[n / 64] &= ((uint64_t)1 << n % 64) - 1;
		for (uint32_t i = (n + 63) / 64; i < words; i++)
			c->valid[i] = 0;
	}
	c->uniform = c->uniform && n > 0;
	c->n = n;
}

void builder_keep(struct builder *b, const uint32_t *rows, uint32_t n)
{
	for (size_t i = 0; i < b->n_columns; i++)
		keep_rows(&b->columns[i], rows, n);
	if (n == 0)
		b->text_bytes = 0;
}

void builder_view(const struct builder_column *c, struct vector *v)
{
	*v = (struct vector){
	    .type = c->type,
	    .form = c->type != COLUMN_STRING ? VECTOR_FIXED
		    : c->plain               ? VECTOR_PLAIN
					     : VECTOR_CODES,
	    .width = c->plain || c->uniform ? 0 : sizeof *c->values,
	    .base = c->uniform ? c->values[0] : 0,
	    .nulls = c->nulls,
	    .values = c->values,
	    .valid = c->nulls > 0 ? c->valid : NULL,
	    .strings = &c->dictionary.strings,
	    .offsets = c->offsets,
	    .bytes = (const char *)c->bytes.data,
	    .fingerprints = c->fingerprints,
	};
}

bool builder_is_full(const struct builder *b)
{
	return builder_rows(b) == BATCH_ROWS || b->text_bytes >= TEXT_BYTES_FULL;
}

int builder_encode_strings(struct builder *b, size_t i, size_t first_column, struct buffer *out)
{
	struct builder_column *c = &b->columns[i];
	const struct strings *s = &c->dictionary.strings;

	if (c->type != COLUMN_STRING || s->n == c->told)
		return 0;
	const uint64_t head[3] = {first_column + i, c->told, s->n - c->told};

	buffer_clear(out);
	if (buffer_reserve(out, sizeof head + (s->n - c->told) * sizeof(uint32_t)) != 0)
		return -1;
	memcpy(out->data, head, sizeof head);
	uint32_t *lengths = (uint32_t *)(void *)(out->data + sizeof head);

	for (uint32_t code = c->told; code < s->n; code++)
		*lengths++ = (uint32_t)strings_get(s, code).len;
	out->len = (size_t)((uint8_t *)lengths - out->data);
	if (buffer_pad8(out) != 0)
		return -1;
	if (buffer_append(out, s->bytes.data + s->starts[c->told], s->starts[s->n] - s->starts[c->told]) != 0)
		return -1;
	if (buffer_pad8(out) != 0)
		return -1;
	return 1;
}

bool builder_reset_strings(struct builder *b, size_t i)
{
	struct builder_column *c = &b->columns[i];

	if (c->dictionary.strings.n <= DICTIONARY_CODES &&
	    c->dictionary.strings.bytes.len <= DICTIONARY_BYTES)
		return false;
	dictionary_clear(&c->dictionary);
	c->told = 0;
	c->resets++;
	return true;
}

static uint8_t narrowest(uint64_t most)
{
	return most == 0 ? 0 : most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : most <= UINT32_MAX ? 4 : 8;
}

/* Frame of reference: each value less base, in as few bytes as the largest of them needs. */
static int encode_values(const struct builder_column *c, struct wire_vector *wire, struct buffer *out)
{
	const struct sweep *sweep = sweep_best();
	int64_t low, high;

	sweep->range(c->values, c->uniform ? 1 : c->n, &low, &high);
	wire->form = c->type == COLUMN_STRING ? VECTOR_CODES : VECTOR_FIXED;
	wire->base = low;
	wire->width = narrowest((uint64_t)high - (uint64_t)low);
	if (buffer_reserve(out, (size_t)c->n * wire->width + 8) != 0)
		return -1;
	sweep->narrow(c->values, c->n, low, wire->width, out->data + out->len);
	out->len += (size_t)c->n * wire->width;
	return buffer_pad8(out);
}

static int encode_plain(const struct builder_column *c, struct wire_vector *wire, struct buffer *out)
{
	wire->form = VECTOR_PLAIN;
	if (buffer_append(out, c->offsets, ((size_t)c->n + 1) * sizeof *c->offsets) != 0 ||
	    buffer_pad8(out) != 0)
		return -1;
	wire->fingerprints_at = (uint32_t)out->len;
	if (buffer_append(out, c->fingerprints, (size_t)c->n * sizeof *c->fingerprints) != 0)
		return -1;
	wire->bytes_at = (uint32_t)out->len;
	if (buffer_append(out, c->bytes.data, c->bytes.len) != 0)
		return -1;
	return buffer_pad8(out);
}

/* After a batch: whether the next one is PLAIN, and an empty column. */
static void column_clear(struct builder_column *c)
{
	const uint32_t added = c->dictionary.strings.n - c->told;
	const uint32_t texts = c->n - c->nulls;

	if (c->plain_left > 0)
		c->plain_left--;
	else if (c->type == COLUMN_STRING && c->dictionary.strings.n > PLAIN_DICTIONARY && added > texts / 2)
		c->plain_left = PLAIN_BATCHES;
	c->plain = c->plain_left > 0;
	c->told = c->dictionary.strings.n;
	memset(c->valid, 0, ((size_t)c->n + 63) / 64 * sizeof *c->valid);
	buffer_clear(&c->bytes);
	c->uniform = false;
	c->n = 0;
	c->nulls = 0;
}

void builder_clear(struct builder *b)
{
	for (size_t i = 0; i < b->n_columns; i++)
		column_clear(&b->columns[i]);
	b->text_bytes = 0;
}

int builder_encode(struct builder *b, struct buffer *out)
{
	const struct wire_batch head = {builder_rows(b), (uint32_t)b->n_columns};
	const size_t words = ((size_t)head.rows + 63) / 64;

	buffer_clear(out);
	if (buffer_append(out, &head, sizeof head) != 0 ||
	    buffer_reserve(out, b->n_columns * sizeof(struct wire_vector)) != 0)
		return -1;
	out->len += b->n_columns * sizeof(struct wire_vector);
	for (size_t i = 0; i < b->n_columns; i++) {
		struct builder_column *c = &b->columns[i];
		struct wire_vector wire = {.nulls = c->nulls};

		if (c->nulls > 0) {
			wire.valid_at = (uint32_t)out->len;
			if (buffer_append(out, c->valid, words * sizeof *c->valid) != 0)
				return -1;
		}
		wire.values_at = (uint32_t)out->len;
		if ((c->plain ? encode_plain(c, &wire, out) : encode_values(c, &wire, out)) != 0)
			return -1;
		memcpy(out->data + sizeof head + i * sizeof wire, &wire, sizeof wire);
		column_clear(c);
	}
	b->text_bytes = 0;
	return 0;
}
