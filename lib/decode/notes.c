#include "decode/notes.h"

#include "base/utf8.h"

#include <stdlib.h>

enum { FIELD_BYTES = 2 };

static int count(struct notes *notes, size_t i, const char *field_name, uint64_t line)
{
	if (i == notes->n) {
		if (array_reserve(&notes->items, &notes->cap, notes->n + 1, sizeof *notes->items) != 0)
			return -1;
		notes->items[notes->n++] = (struct decode_note){{NULL, 0}, field_name, 0, line};
	}
	notes->items[i].count++;
	notes->last = i;
	return 0;
}

int notes_add(struct notes *notes, size_t field, const char *field_name, struct text name, uint64_t line)
{
	char key[FIELD_BYTES + NOTES_NAME] = {(char)(field & 0xff), (char)(field >> 8 & 0xff)};
	const size_t len = utf8_cut(name.data, name.len, NOTES_NAME);
	uint32_t code;

	memcpy(key + FIELD_BYTES, name.data, len);
	if (notes->names.strings.n < NOTES_MAX) {
		if (dictionary_code(&notes->names, key, FIELD_BYTES + len, &code) != 0)
			return -1;
	} else if (!dictionary_find(&notes->names, key, FIELD_BYTES + len, &code)) {
		return count(notes, NOTES_MAX, "", line);
	}
	return count(notes, code, field_name, line);
}

const struct decode_note *notes_all(const struct notes *notes)
{
	for (size_t i = 0; i < notes->n && i < NOTES_MAX; i++) {
		struct text key = strings_get(&notes->names.strings, (uint32_t)i);

		notes->items[i].name = (struct text){key.data + FIELD_BYTES, key.len - FIELD_BYTES};
	}
	if (notes->n > NOTES_MAX)
		notes->items[NOTES_MAX].name = (struct text){"...", 3};
	return notes->items;
}

void notes_clear(struct notes *notes)
{
	if (notes->n == 0)
		return;
	dictionary_clear(&notes->names);
	notes->n = 0;
}

void notes_free(struct notes *notes)
{
	dictionary_free(&notes->names);
	free(notes->items);
	*notes = (struct notes){0};
}
