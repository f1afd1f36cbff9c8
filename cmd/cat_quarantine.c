#include "cat_quarantine.h"

#include "lake/quarantine_read.h"

#include <string.h>

/* The source whose lines are on their way. */
struct again {
	struct stream_writer *out;
	struct buffer source; /* its path */
	bool open;
	struct control_source_end end;
	struct buffer payload;
};

static int begin(struct again *a, struct text path)
{
	const struct control_source source = {.path = path, .purpose = SOURCE_AGAIN};

	buffer_clear(&a->source);
	buffer_clear(&a->payload);
	a->end = (struct control_source_end){0};
	a->open = true;
	if (buffer_append(&a->source, path.data, path.len) != 0 ||
	    control_encode_source(&a->payload, &source) != 0)
		return -1;
	return stream_write_control(a->out, FRAME_SOURCE, &a->payload);
}

static int end(struct again *a)
{
	if (!a->open)
		return 0;
	a->open = false;
	a->end.lines = a->end.rows + a->end.rejects;
	buffer_clear(&a->payload);
	if (control_encode_source_end(&a->payload, &a->end) != 0)
		return -1;
	return stream_write_control(a->out, FRAME_SOURCE_END, &a->payload);
}

/* The rows of a source stand together. */
static int turn_to(struct again *a, struct text path)
{
	if (a->open && text_equal(path, (struct text){(const char *)a->source.data, a->source.len}))
		return 0;
	return end(a) != 0 ? -1 : begin(a, path);
}

static int take(struct again *a, const struct quarantine_reader *q)
{
	if (turn_to(a, q->source) != 0)
		return -1;
	a->end.rejects++;
	buffer_clear(&a->payload);
	if (control_encode_reject(&a->payload, &q->reject) != 0)
		return -1;
	return stream_write_control(a->out, FRAME_REJECT, &a->payload);
}

int cat_quarantine(struct cat *cat, int fd, const char *name, const struct dictionary *removed,
		   struct control_reread *reread)
{
	struct again a = {.out = &cat->out};
	struct quarantine_reader q;
	uint32_t code;
	int more;

	if (quarantine_reader_open(&q, fd, name) != 0)
		return -1;
	while ((more = quarantine_next(&q)) > 0) {
		const bool goes = dictionary_find(removed, q.source.data, q.source.len, &code);

		*(goes ? &reread->left_out : &reread->rows) += 1;
		if (!goes && take(&a, &q) != 0) {
			more = -1;
			break;
		}
	}
	if (more == 0 && end(&a) != 0)
		more = -1;
	quarantine_reader_close(&q);
	buffer_free(&a.source);
	buffer_free(&a.payload);
	return more;
}
