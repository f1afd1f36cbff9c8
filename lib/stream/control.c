#include "stream/control.h"

#include <string.h>

/*
 * Each struct is described once, as its fields in order; encoding and decoding both walk that list. A field
 * is at an offset of the struct and is a number, a text or a 128-bit hash (two numbers, low first).
 */
enum field_type { NUMBER, TEXT, HASH };

struct field {
	enum field_type type;
	size_t offset;
};

#define FIELD(STRUCT, TYPE, NAME)                   \
	{                                           \
		TYPE, offsetof(struct STRUCT, NAME) \
	}
#define N_FIELDS(FIELDS) (sizeof(FIELDS) / sizeof *(FIELDS))

static const struct field run_fields[] = {
    FIELD(control_run, TEXT, verb),     FIELD(control_run, TEXT, lake),
    FIELD(control_run, TEXT, id),       FIELD(control_run, NUMBER, newest_run),
    FIELD(control_run, NUMBER, target), FIELD(control_run, NUMBER, rest),
};
static const struct field want_fields[] = {
    FIELD(control_want, NUMBER, verdict), FIELD(control_want, TEXT, path),
    FIELD(control_want, NUMBER, size),    FIELD(control_want, NUMBER, mtime_ns),
    FIELD(control_want, TEXT, same_as),   FIELD(control_want, HASH, content),
};
static const struct field source_fields[] = {
    FIELD(control_source, TEXT, path),
    FIELD(control_source, NUMBER, size),
    FIELD(control_source, NUMBER, mtime_ns),
    FIELD(control_source, NUMBER, purpose),
};
static const struct field reread_fields[] = {
    FIELD(control_reread, TEXT, path),
    FIELD(control_reread, NUMBER, verdict),
    FIELD(control_reread, NUMBER, rows),
    FIELD(control_reread, NUMBER, left_out),
};
static const struct field rules_fields[] = {
    FIELD(control_rules, TEXT, name),
    FIELD(control_rules, TEXT, text),
};
static const struct field mended_fields[] = {
    FIELD(control_mended, TEXT, source),
    FIELD(control_mended, NUMBER, line),
    FIELD(control_mended, TEXT, raw),
};
static const struct field source_end_fields[] = {
    FIELD(control_source_end, HASH, content),   FIELD(control_source_end, NUMBER, bytes),
    FIELD(control_source_end, NUMBER, lines),   FIELD(control_source_end, NUMBER, rows),
    FIELD(control_source_end, NUMBER, rejects), FIELD(control_source_end, NUMBER, blank),
    FIELD(control_source_end, NUMBER, partial), FIELD(control_source_end, NUMBER, more),
};
static const struct field reject_fields[] = {
    FIELD(control_reject, TEXT, reason),   FIELD(control_reject, TEXT, field),
    FIELD(control_reject, NUMBER, line),   FIELD(control_reject, NUMBER, column),
    FIELD(control_reject, NUMBER, offset), FIELD(control_reject, NUMBER, len),
    FIELD(control_reject, HASH, hash),     FIELD(control_reject, TEXT, raw),
};
static const struct field staged_fields[] = {
    FIELD(control_staged, TEXT, layer),     FIELD(control_staged, TEXT, path),
    FIELD(control_staged, TEXT, partition), FIELD(control_staged, NUMBER, rows),
    FIELD(control_staged, NUMBER, size),    FIELD(control_staged, HASH, checksum),
};
static const struct field tally_fields[] = {
    FIELD(control_tally, TEXT, what),   FIELD(control_tally, TEXT, name),
    FIELD(control_tally, TEXT, field),  FIELD(control_tally, NUMBER, count),
    FIELD(control_tally, NUMBER, line), FIELD(control_tally, NUMBER, column),
};
static const struct field shard_fields[] = {
    FIELD(control_shard, NUMBER, plan),
    FIELD(control_shard, NUMBER, k),
    FIELD(control_shard, NUMBER, n),
};
static const struct field partial_fields[] = {
    FIELD(control_partial, TEXT, table),
    FIELD(control_partial, NUMBER, more),
    FIELD(control_partial, TEXT, state),
};
static const struct field folder_fields[] = {
    FIELD(control_folder, TEXT, path),
    FIELD(control_folder, TEXT, subfolders),
};
static const struct field error_fields[] = {
    FIELD(control_error, TEXT, tool),
    FIELD(control_error, NUMBER, status),
    FIELD(control_error, TEXT, message),
};
static const struct field trailer_fields[] = {
    FIELD(control_trailer, NUMBER, frames),
    FIELD(control_trailer, NUMBER, rows),
    FIELD(control_trailer, NUMBER, hash),
};

static int encode(struct buffer *out, const void *control, const struct field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *at = (const char *)control + fields[i].offset;

		if (fields[i].type == TEXT) {
			const struct text *t = (const struct text *)(const void *)at;
			const uint64_t len = t->len;

			if (buffer_append(out, &len, sizeof len) != 0 ||
			    buffer_append(out, t->data, t->len) != 0 || buffer_pad8(out) != 0)
				return -1;
		} else if (buffer_append(out, at, fields[i].type == HASH ? 16 : 8) != 0) {
			return -1;
		}
	}
	return 0;
}

static int decode(const struct frame *f, void *control, const struct field *fields, size_t n,
		  const char *name)
{
	const uint8_t *p = f->payload;
	size_t left = f->len;

	for (size_t i = 0; i < n; i++) {
		char *at = (char *)control + fields[i].offset;
		const size_t size = fields[i].type == HASH ? 16 : 8;
		uint64_t len;

		if (left < size)
			goto cut;
		memcpy(&len, p, sizeof len);
		if (fields[i].type != TEXT)
			memcpy(at, p, size);
		p += size;
		left -= size;
		if (fields[i].type != TEXT)
			continue;
		if (len > left || ((len + 7) & ~(uint64_t)7) > left)
			goto cut;
		const struct text text = {(const char *)p, len};

		memcpy(at, &text, sizeof text);
		p += (len + 7) & ~(uint64_t)7;
		left -= (len + 7) & ~(uint64_t)7;
	}
	if (left != 0)
		return cause_record(STATUS_INPUT, "broken stream: a %s frame with bytes left over", name);
	return 0;
cut:
	return cause_record(STATUS_INPUT, "broken stream: a %s frame that is cut short", name);
}

#define CONTROL(NAME)                                                                 \
	int control_encode_##NAME(struct buffer *out, const struct control_##NAME *c) \
	{                                                                             \
		return encode(out, c, NAME##_fields, N_FIELDS(NAME##_fields));        \
	}                                                                             \
	int control_decode_##NAME(const struct frame *f, struct control_##NAME *c)    \
	{                                                                             \
		return decode(f, c, NAME##_fields, N_FIELDS(NAME##_fields), #NAME);   \
	}

CONTROL(run)
CONTROL(want)
CONTROL(source)
CONTROL(source_end)
CONTROL(reject)
CONTROL(staged)
CONTROL(tally)
CONTROL(shard)
CONTROL(partial)
CONTROL(folder)
CONTROL(reread)
CONTROL(mended)
CONTROL(rules)
CONTROL(error)
CONTROL(trailer)
