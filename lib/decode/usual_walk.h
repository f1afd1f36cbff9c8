/*
 * usual_walk -- the walk along a line's values that every way to take usual lines shares.
 *
 * Whoever includes this gives usual_same: whether the first 32 bytes of the glue, or all it has, are at p.
 *
 * Which values a line has cannot be foreseen: whether a text is null is as good as random. Where one value
 * ends is where the next thing begins, so a wrong guess about it would cost more than all the rest. Hence a
 * text and a null take the same steps, and only what comes of them is chosen. Nothing is done here for a text
 * but to find it: that is for all rows of a column at once.
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
	field_keep(f, row);
	return behind;
}

/* 0 where null is written. */
USUAL_INLINE uint32_t usual_not_null(const char *p)
{
	uint32_t here, null;

	memcpy(&here, p, sizeof here);
	memcpy(&null, "null", sizeof null);
	return here ^ null;
}

/* How far it is from `at` to the next quote, in a text so long that a window of the scan's does not show it.
 */
USUAL_RARE size_t usual_far(const struct scan *s, size_t at, size_t end)
{
	return at < end ? scan_next(s, at, end) - at : 0;
}

/*
 * A text, or null where the field may be null. Where the text ends is not held against the end of the line:
 * who is beyond that does not come back to it.
 */
USUAL_INLINE const char *usual_text(struct field *f, uint32_t row, const char *p, const char *end,
				    const struct scan *s, bool or_null)
{
	const size_t at = (size_t)(p - s->text);
	/* A bit for each quote from p on. */
	const uint64_t window = scan_window(s, at);
	const bool is_text = (window & 3) == 1;
	const size_t mask = or_null ? -(size_t)is_text : SIZE_MAX;
	size_t len;

	/* One question for both, lest it is asked which it is. */
	if (or_null ? (usual_not_null(p) & ~(uint32_t)mask) != 0 : !is_text)
		return usual_any(f, row, p, end);
	len = window >> 1 != 0 ? (size_t)__builtin_ctzll(window >> 1)
			       : usual_far(s, at + 1, (size_t)(end - s->text));
	cells_keep_text(&f->cells, row, p + 1, len, is_text);
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
	uint32_t digits = 0;
	unsigned places;
	int64_t number;
	size_t len;

	if (usual_not_null(p) == 0 && f->null_is_good) {
		cells_keep_number(&f->cells, row, 0, false);
		return p + 4;
	}
	len = decimal_parse_short(p, &digits, &places);
	number = digits * f->units[places];
	if (len == 0 || f->units[places] == 0 || number < f->low || number > f->high)
		return usual_any(f, row, p, end);
	cells_keep_number(&f->cells, row, number, true);
	return p + len;
}

/* Not inline, lest lines that have none are longer for it. */
__attribute__((noinline)) static const char *usual_other(struct field *f, uint32_t row, const char *p,
							 const char *end)
{
	uint64_t number;
	int64_t us;
	const size_t len = f->way == FIELD_EPOCH ? decimal_parse_long(p, &number) : 0;

	if (f->way == FIELD_UNKNOWN) {
		const char *bad;

		return p < end ? json_value(p, end, &f->token, &bad) : NULL;
	}
	if (len == 0 || __builtin_mul_overflow(number, f->one, &us) || us < f->low || us > f->high)
		return usual_any(f, row, p, end);
	cells_keep_number(&f->cells, row, us, true);
	return p + len;
}

/* A line that is odd after all: is there anything in it that its strings may not hold as they stand? */
USUAL_RARE bool usual_is_plain(const char *line, size_t len)
{
	bool special = false;

	for (size_t i = 0; i < len; i++)
		special |= ((unsigned char)line[i] < 0x20) | (line[i] == '\\');
	return !special && utf8_check(line, len) == len;
}

/* A line into the row. */
USUAL_INLINE bool usual_take(const struct usual_form *form, const struct scan *s, const char *p,
			     const char *end, uint32_t row, usual_same *same)
{
	struct field *f = form->first;

	do {
		p = usual_skip(&f->glue, p, same);
		if (p == NULL)
			return false;
		switch (f->way) {
		case FIELD_TEXT: p = usual_text(f, row, p, end, s, false); break;
		case FIELD_TEXT_OR_NULL: p = usual_text(f, row, p, end, s, true); break;
		case FIELD_DATE: p = usual_timestamp(f, row, p, end); break;
		case FIELD_NUMBER: p = usual_number(f, row, p, end); break;
		default: p = usual_other(f, row, p, end); break;
		}
		if (p == NULL)
			return false;
		f = f->next;
	} while (f != form->first);
	p = usual_skip(&form->tail, p, same);
	return p != NULL && (p == end || (p + 1 == end && *p == '\r'));
}

USUAL_INLINE uint32_t usual_walk(const struct usual_form *form, const struct line_reader *r, uint32_t row,
				 uint32_t rows, usual_same *same)
{
	/* A copy of its own, which no store can change, stays in registers. */
	const struct scan scan = {.text = r->scan.text, .quotes = r->scan.quotes};
	const uint32_t *ends = r->scan.ends + r->next;
	const char *p = scan.text + r->at;

	for (; row < rows; row++, ends++) {
		const char *const end = scan.text + (*ends & ~SCAN_ODD);
		const size_t len = (size_t)(end - p);

		if (len > USUAL_LONG || ((*ends & SCAN_ODD) != 0 && !usual_is_plain(p, len)) ||
		    !usual_take(form, &scan, p, end, row, same))
			break;
		p = end + 1;
	}
	return row;
}

#endif
