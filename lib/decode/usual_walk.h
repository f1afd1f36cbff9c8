/*
 * usual_walk -- the walk along a line's values that every way to take usual lines shares.
 *
 * Whoever includes this gives usual_same: whether the first 32 bytes of the glue, or all it has, are at p.
 *
 * Which values a line has cannot be foreseen: whether a text is null is as good as random. Where one value
 * ends is where the next thing begins, so a wrong guess about it would cost more than all the rest. Hence a
 * text and a null take the same steps, and only what comes of them is chosen.
 */
#ifndef EV_USUAL_WALK_H
#define EV_USUAL_WALK_H

#include "base/utf8.h"
#include "decode/usual.h"

typedef bool usual_same(const struct field_glue *glue, const char *p);

#define USUAL_INLINE __attribute__((always_inline)) static inline
#define USUAL_RARE __attribute__((noinline, cold)) static

/* A line feed follows the line, which no glue has: where the head is, 32 bytes of the line are. */
USUAL_INLINE const char *usual_skip(const struct field_glue *glue, const char *p, usual_same *same)
{
	if (!same(glue, p) ||
	    (glue->len > FIELD_GLUE_HEAD &&
	     memcmp(p + FIELD_GLUE_HEAD, glue->bytes + FIELD_GLUE_HEAD, glue->len - FIELD_GLUE_HEAD) != 0))
		return NULL;
	return p + glue->len;
}

/* What the others leave: a value by the grammar, and all the rules. */
USUAL_RARE const char *usual_any(struct field *f, uint32_t row, const char *p, const char *end)
{
	const char *bad, *behind = p < end ? field_read(f, p, end, 0, &bad) : NULL;

	/* Nothing is escaped, so there is nothing to be written to. */
	if (behind == NULL || (!f->is_good && field_check(f, NULL) != NULL))
		return NULL;
	field_keep(f, row, p);
	return behind;
}

USUAL_INLINE bool usual_is_null(const char *p)
{
	static const char null[4] = {'n', 'u', 'l', 'l'};

	return memcmp(p, null, sizeof null) == 0;
}

/* A text or null in a column of texts. */
USUAL_INLINE const char *usual_text(struct field *f, uint32_t row, const char *p, const char *end,
				    const struct scan *s)
{
	const bool is_text = *p == '"', is_null = usual_is_null(p);
	const size_t start = (size_t)(p - s->text) + 1, last = (size_t)(end - s->text);
	const size_t stop = scan_next(s, start, last), len = stop - start;
	const size_t mask = -(size_t)is_text;

	if (!((is_text & (stop < last) & (len > 0) & f->text_is_good) | (is_null & f->null_is_good)))
		return usual_any(f, row, p, end);
	cells_keep_text(&f->cells, row, p + 1, len & mask, is_text);
	return p + (4 + ((len - 2) & mask));
}

USUAL_INLINE const char *usual_timestamp(struct field *f, uint32_t row, const char *p, const char *end)
{
	int64_t us;
	size_t len;

	if (*p != '"' || (len = timestamp_parse_fixed(&f->dates, p + 1, &us)) == 0 || p[len + 1] != '"')
		return usual_any(f, row, p, end);
	cells_keep_number(&f->cells, row, us, true);
	return p + len + 2;
}

USUAL_INLINE const char *usual_number(struct field *f, uint32_t row, const char *p, const char *end)
{
	const char *behind;

	if (usual_is_null(p) & f->null_is_good) {
		cells_keep_number(&f->cells, row, 0, false);
		return p + 4;
	}
	behind = field_read_short(f, p, end);
	if (behind == NULL || !f->is_good)
		return usual_any(f, row, p, end);
	cells_keep_number(&f->cells, row, f->number, true);
	return behind;
}

/* A line that is odd after all: is there anything in it that its strings may not hold as they stand? */
USUAL_RARE bool usual_is_plain(const char *line, size_t len)
{
	bool special = false;

	for (size_t i = 0; i < len; i++)
		special |= ((unsigned char)line[i] < 0x20) | (line[i] == '\\');
	return !special && utf8_check(line, len) == len;
}

USUAL_INLINE bool usual_walk(const struct usual_form *form, const struct line *line, uint32_t row,
			     usual_same *same)
{
	const char *const end = line->data + line->len;
	const char *p = line->data;
	struct field *f = form->first;

	if (line->is_odd && !usual_is_plain(line->data, line->len))
		return false;
	for (size_t i = 0; i < form->n; i++, f = f->next) {
		p = usual_skip(&f->glue, p, same);
		if (p == NULL)
			return false;
		if (f->type == COLUMN_STRING)
			p = usual_text(f, row, p, end, line->scan);
		else if (f->type == COLUMN_TIMESTAMP)
			p = usual_timestamp(f, row, p, end);
		else
			p = usual_number(f, row, p, end);
		if (p == NULL)
			return false;
	}
	return usual_skip(&form->tail, p, same) == end;
}

#endif
