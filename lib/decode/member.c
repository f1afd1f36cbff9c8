#include "decode/member.h"

#include <stdlib.h>

/* The lowest n bytes of a word. */
static uint64_t mask(size_t n)
{
	return n >= 8 ? ~(uint64_t)0 : ((uint64_t)1 << 8 * n) - 1;
}

int member_init(struct member *m, const struct shape_key *key)
{
	char head[16] = {0};
	struct buffer written = {0};

	if (buffer_printf(&written, "\"%s\":", key->name) != 0 || buffer_text(&written) == NULL)
		return -1;
	m->written = (char *)written.data;
	m->depth = key->object > 0 || key->len > 0 ? key->depth + 1 : 0;
	for (const char *c = key->name; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\' || (unsigned char)*c < 0x20)
			return 0;
	}
	m->key_len = written.len;
	memcpy(head, m->written, m->key_len < sizeof head ? m->key_len : sizeof head);
	m->key[0] = word_load(head);
	m->key[1] = word_load(head + 8);
	m->key_mask[0] = mask(m->key_len);
	m->key_mask[1] = mask(m->key_len < 8 ? 0 : m->key_len - 8);
	return 0;
}

void member_free(struct member *m)
{
	free(m->written);
}
