/*
 * random -- numbers that look random and are the same on every machine: for made-up data, not for secrets.
 *
 * xoshiro256** by Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators" (ACM TOMS 47:4,
 * 2021), seeded by SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators",
 * OOPSLA 2014). Nothing here can fail.
 */
#ifndef EV_RANDOM_H
#define EV_RANDOM_H

#include <stdint.h>

struct random {
	uint64_t s[4];
};

/* One step of SplitMix64's output function: a fixed, well mixed permutation of 64 bits. */
static inline uint64_t random_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* Different (seed, stream) pairs give unrelated sequences. */
static inline void random_seed(struct random *r, uint64_t seed, uint64_t stream)
{
	uint64_t x = random_mix(seed) ^ stream;

	for (int i = 0; i < 4; i++)
		r->s[i] = x = random_mix(x + (uint64_t)i);
}

static inline uint64_t random_rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

static inline uint64_t random_next(struct random *r)
{
	uint64_t *s = r->s;
	uint64_t result = random_rotate(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = random_rotate(s[3], 45);
	return result;
}

/* In [0, n), n > 0. The high half of a 128-bit product; its bias is below n / 2^64. */
static inline uint64_t random_below(struct random *r, uint64_t n)
{
	__extension__ typedef unsigned __int128 wide;

	return (uint64_t)((wide)random_next(r) * n >> 64);
}

#endif
