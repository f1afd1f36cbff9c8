/*
 * A file of any kind: what is compressed, and archives with their members. Content comes the same whether it
 * is read in small pieces or large, and an error is told again to whoever asks again.
 */
#include "source/bundle.h"

#include "base/hash.h"
#include "fuzz.h"

enum { CONTENT_MAX = 1 << 20, MEMBERS_MAX = 64 };

/* What is read of an input: its hash, and how it ended. */
struct reading {
	struct hash_stream hash;
	size_t bytes;
	int end;
};

static struct reading read_all(struct input *in, size_t piece)
{
	static char data[1 << 16];
	struct reading r = {.bytes = 0};
	ssize_t n = 0;

	hash_begin(&r.hash);
	while (r.bytes < CONTENT_MAX && (n = input_read(in, data, piece)) > 0) {
		MUST((size_t)n <= piece);
		hash_update(&r.hash, data, (size_t)n);
		r.bytes += (size_t)n;
	}
	r.end = n > 0 ? 1 : (int)n;
	if (n < 0) {
		MUST(!input_is_damaged(in) || cause_status() == STATUS_INPUT);
		fuzz_failed();
	}
	return r;
}

static void read_lines(const uint8_t *data, size_t len)
{
	static const size_t pieces[2] = {1 << 16, 61};
	struct reading r[2];

	for (int i = 0; i < 2; i++) {
		const int fd = fuzz_file(data, len);
		struct input *in = input_open_fd(fd, "fuzz", NULL);

		MUST(in != NULL);
		r[i] = read_all(in, pieces[i]);
		input_close(in);
		close(fd);
	}
	MUST(r[0].end == 1 || r[1].end == 1 || (r[0].end == r[1].end));
	MUST(r[0].end != 0 || r[0].bytes == r[1].bytes);
	MUST(r[0].end != 0 || hash_equal(hash_end(&r[0].hash), hash_end(&r[1].hash)));
}

static void check_member(const struct bundle_member *member)
{
	MUST(member->name != NULL);
	if (member->ignored != NULL)
		return;
	MUST(member->name[0] != '\0' && member->name[0] != '/' && member->name[0] != '.');
	MUST(strstr(member->name, "/../") == NULL && strstr(member->name, "//") == NULL);
}

static void read_members(struct input *in)
{
	struct bundle *b = bundle_open(in);
	struct bundle_member member;
	size_t n = 0;
	int more = -1;

	while (b != NULL && n < MEMBERS_MAX && (more = bundle_next(b, &member)) > 0) {
		check_member(&member);
		/* One of three is passed over. */
		if (n++ % 3 == 2)
			continue;
		struct input *content = bundle_input(b);

		if (content != NULL)
			read_all(content, 1 << 16);
		else
			fuzz_failed();
		input_close(content);
	}
	if (more < 0)
		fuzz_failed();
	/* Damage stays what it is. */
	if (b != NULL && more < 0 && bundle_is_damaged(b)) {
		MUST(bundle_next(b, &member) < 0);
		fuzz_failed();
	}
	bundle_close(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const int fd = fuzz_file(data, len);
	struct input *in = input_open_fd(fd, "fuzz", NULL);

	MUST(in != NULL);
	if (magic_is_archive(input_content(in))) {
		read_members(in);
	} else {
		input_close(in);
		read_lines(data, len);
	}
	close(fd);
	return 0;
}
