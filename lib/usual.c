#include "usual.h"

#include "utf8.h"

/* A text between two quotes. */
static inline void take_text(struct field *f, const char *text, size_t len)
{
	f->token = (struct json_token){JSON_STRING, false, text, len};
	if (f->type == COLUMN_TIMESTAMP)
		f->is_good = timestamp_parse_fixed(&f->dates, text, &f->number) == len && len > 0;
	else
		f->is_good = f->text_is_good && len > 0;
}

/* Null or a number at p: the place behind it, or NULL for anything else. */
static inline const char *take_word(struct field *f, const char *p, const char *end)
{
	const char *bad;

	f->is_good = false;
	if (*p == 'n')
		return field_read(f, p, end, &bad);
	const char *behind = field_read_number(f, p, end);

	return behind != NULL ? behind : json_number(p, end, &f->token, &bad);
}

enum usual usual_line(struct field *f, size_t n, const char *line, size_t len, scan_line *scan)
{
	const char *const end = line + len;
	const char *p = line + 1; /* behind what is known to be right */
	bool good = true;
	struct scan s;

	if (!scan(line, len, &s) || len < 2 || line[0] != '{')
		return USUAL_NOT;
	if (!s.is_ascii && utf8_check(line, len) != len)
		return USUAL_NOT;
	for (size_t i = 0;; f = f->next) {
		if (!field_is_key(f, p, end))
			return USUAL_NOT;
		p += f->key_len;
		p += *p == ' ';
		if (*p == '"') {
			const size_t open = (size_t)(p - line);
			const size_t close = open + 1 < len ? scan_next(&s, open + 1, len) : len;

			if (close >= len)
				return USUAL_NOT;
			take_text(f, p + 1, close - open - 1);
			p = line + close + 1;
		} else {
			p = take_word(f, p, end);
			if (p == NULL || p >= end)
				return USUAL_NOT;
		}
		good &= f->is_good;
		if (++i == n)
			break;
		if (*p != ',')
			return USUAL_NOT;
		p++;
		p += *p == ' ';
	}
	if (p + 1 != end || *p != '}')
		return USUAL_NOT;
	return good ? USUAL_GOOD : USUAL_TAKEN;
}
