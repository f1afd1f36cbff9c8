#include "source/folder.h"

/* In a row: the stamp, a byte that is 1 for a branch, the name and a NUL. */
enum { STAMP_BYTES = 8, HEAD_BYTES = STAMP_BYTES + 1 };

uint64_t folder_stamp(const struct stat *st)
{
	const uint64_t facts[5] = {
	    (uint64_t)st->st_ino,         (uint64_t)st->st_ctim.tv_sec,  (uint64_t)st->st_ctim.tv_nsec,
	    (uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec,
	};
	const uint64_t stamp = hash64(facts, sizeof facts);

	return stamp != 0 ? stamp : 1;
}

int folder_append(struct buffer *row, const struct folder *f)
{
	const uint8_t branch = f->branch;

	if (buffer_append(row, &f->stamp, STAMP_BYTES) != 0 || buffer_append(row, &branch, 1) != 0 ||
	    buffer_append(row, f->name.data, f->name.len) != 0)
		return -1;
	return buffer_append(row, "", 1);
}

int folder_next(struct text *row, struct folder *f)
{
	const char *name, *end;

	if (row->len <= HEAD_BYTES)
		return 0;
	name = row->data + HEAD_BYTES;
	end = memchr(name, '\0', row->len - HEAD_BYTES);
	if (end == NULL)
		return 0;
	memcpy(&f->stamp, row->data, STAMP_BYTES);
	f->branch = row->data[STAMP_BYTES] != 0;
	f->name = (struct text){name, (size_t)(end - name)};
	*row = (struct text){end + 1, row->len - (size_t)(end + 1 - row->data)};
	return 1;
}

bool folder_is_row(struct text row)
{
	struct folder f;

	while (folder_next(&row, &f))
		;
	return row.len == 0;
}

const char *folder_ignored_name(const char *name)
{
	const size_t len = strlen(name);

	if (name[0] == '.')
		return "a name that begins with '.'";
	if (name[0] == '_')
		return "a name that begins with '_'";
	if (len >= 4 && strcmp(name + len - 4, ".tmp") == 0)
		return "a name that ends in '.tmp'";
	return NULL;
}
