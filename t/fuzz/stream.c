/*
 * Streams: any frames at all, with the magic line and the checksums that they should have, read to the end.
 * What is taken for whole is passed on and has to come out as it went in.
 */
#include "stream/stream.h"
#include "column/batch_wire.h"

#include "fuzz.h"

/* A frame at a place of the input as evstream(5) has it, but that its checksum is made to be right, and what
 * a trailer says too unless its first byte is odd. */
static void put_frame(struct buffer *out, const struct frame *f, struct control_trailer *sums,
		      struct hash_stream *hash)
{
	struct frame_writer w = {.fd = -1};
	struct buffer payload = {0};
	uint64_t checksum;

	if (f->type == FRAME_TRAILER && f->len == 24 && f->payload[0] % 2 == 0) {
		sums->hash = hash_end(hash).low;
		MUST(control_encode_trailer(&payload, sums) == 0);
	} else {
		MUST(buffer_append(&payload, f->payload, f->len) == 0);
	}
	MUST(frame_write(&w, f->type, payload.data, payload.len, &checksum) == 0);
	MUST(buffer_append(out, w.pending.data, w.pending.len) == 0);
	if (f->type == FRAME_BATCH && f->len >= sizeof(struct wire_batch)) {
		struct wire_batch head;

		memcpy(&head, f->payload, sizeof head);
		sums->rows += head.rows;
	}
	hash_update(hash, &checksum, sizeof checksum);
	sums->frames++;
	if (f->type == FRAME_TRAILER) {
		*sums = (struct control_trailer){0};
		hash_begin(hash);
	}
	frame_writer_close(&w);
	buffer_free(&payload);
}

static void mend(struct fuzz f, struct buffer *out)
{
	struct control_trailer sums = {0};
	struct hash_stream hash;
	bool inside = false;

	hash_begin(&hash);
	while (f.left >= FRAME_HEAD) {
		struct frame frame = {0};
		size_t len;

		if (!inside)
			MUST(buffer_append(out, STREAM_MAGIC, STREAM_MAGIC_LEN) == 0);
		if (!inside && f.left >= STREAM_MAGIC_LEN && memcmp(f.p, STREAM_MAGIC, STREAM_MAGIC_LEN) == 0)
			fuzz_bytes(&f, STREAM_MAGIC_LEN, &len);
		frame.type = (uint32_t)fuzz_number(&f, 4);
		len = fuzz_number(&f, 4);
		fuzz_number(&f, 8);
		len = (len < f.left ? len : f.left) & ~(size_t)7;
		frame.payload = fuzz_bytes(&f, len, &len);
		frame.len = (uint32_t)len;
		put_frame(out, &frame, &sums, &hash);
		inside = frame.type != FRAME_TRAILER;
	}
}

/* Something made of every value that a batch has. */
static uint64_t look_at(const struct batch *batch)
{
	struct hash_stream hash;

	hash_begin(&hash);
	for (uint32_t c = 0; c < batch->n_vectors; c++) {
		const struct vector *v = &batch->vectors[c];

		for (uint32_t i = 0; i < batch->n; i++) {
			const bool valid = vector_is_valid(v, i);
			const int64_t number = v->form == VECTOR_PLAIN ? 0 : vector_int(v, i);

			hash_update(&hash, &valid, sizeof valid);
			if (valid && v->type == COLUMN_STRING) {
				const struct text t = vector_text(v, i);

				hash_update(&hash, t.data, t.len);
			} else if (valid) {
				hash_update(&hash, &number, sizeof number);
			}
		}
	}
	return hash_end(&hash).low;
}

/* Reads to the end, passing it on to another file when there is one: what all its rows come to; 0 when it was
 * refused. */
static uint64_t read_all(int fd, int to)
{
	struct stream s;
	struct stream_writer w = {0};
	uint64_t sum = 1;
	int more = stream_open(&s, fd, "fuzz");

	MUST(more == 0 && (to < 0 || stream_writer_open(&w, to, "out") == 0));
	while ((more = stream_next(&s)) > 0) {
		if (s.type == FRAME_BATCH && stream_decode(&s) != 0) {
			more = -1;
			break;
		}
		if (s.type == FRAME_BATCH)
			sum = sum * 31 + look_at(&s.batch);
		if (to < 0)
			continue;
		if (s.type == FRAME_HEADER)
			MUST(stream_begin(&w, s.kind, &s.columns, "fuzz") == 0);
		else if (s.type == FRAME_TRAILER)
			MUST(stream_end(&w) == 0);
		else
			MUST(stream_pass(&w, &s) == 0);
	}
	stream_writer_close(&w);
	stream_close(&s);
	if (more < 0)
		fuzz_failed();
	return more < 0 ? 0 : sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct buffer mended = {0};
	int fd = fuzz_file(data, len);
	const int to = fuzz_file("", 0);

	(void)read_all(fd, -1);
	close(fd);
	mend((struct fuzz){data, len}, &mended);
	fd = fuzz_file(mended.data, mended.len);
	const uint64_t sum = read_all(fd, to);

	MUST(lseek(to, 0, SEEK_SET) == 0);
	MUST(sum == 0 || read_all(to, -1) == sum);
	close(fd);
	close(to);
	buffer_free(&mended);
	return 0;
}
