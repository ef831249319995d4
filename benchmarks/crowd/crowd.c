/* The crowd's week in C with OpenMP: what this machine can do with the same rule.

   What neighbours read of a resident is one word: the opinion, and in its highest bit whether the resident took part last
   week; a float without PACKED, 16 bits with it. A tie is one 32-bit number, the other end in the lower 24 bits and the
   layer above them. Residents lie by community and, inside it, by number of ties. A block of residents goes through three
   loops: the ties are gathered, a vector loop decides and moves habit, fatigue and opinion, and those who act are counted.
   Who never takes part has an infinite threshold, who always does a negative one. Registered residents of a community
   are a sorted list, so that calls cost only those who are called.

   Without SLICED the ties of one resident lie together, and two sums run side by side. With it those of sixteen residents
   do, first tie beside first tie, and one gather instruction reads what all sixteen see; short rows are filled up with ties
   to nobody, who stands behind the last resident and says nothing. */

#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <string.h>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#define BLOCK 256
#define AHEAD 64
#define LANES 16
#define OTHER 0xFFFFFFu

static inline float as_float(uint32_t bits) { float f; memcpy(&f, &bits, 4); return f; }
static inline uint32_t as_bits(float f) { uint32_t bits; memcpy(&bits, &f, 4); return bits; }

#ifdef PACKED
typedef uint16_t word;
#define ACTS 0x8000u
#define UNIT (1.0f / 32767.0f)
static inline float opinion_of(word w) { return (float)(w & 0x7FFF) * UNIT; }
static inline word word_of(float opinion, uint32_t acts) {
    return (word)((uint32_t)(opinion * 32767.0f + 0.5f) | acts << 15);
}
#else
typedef uint32_t word;
#define ACTS 0x80000000u
#define UNIT 1.0f
static inline float opinion_of(word w) { return as_float(w & 0x7FFFFFFFu); }
static inline word word_of(float opinion, uint32_t acts) { return as_bits(opinion) | acts << 31; }
#endif

typedef struct {
    float social_ties, social_seen, trust, efficacy, habit, call, cost_noise;
    float habit_gain, habit_keep, habit_keep_called, fatigue_gain, fatigue_keep;
    float hearing, efficacy_gain;
    double self_registration;
} Rule;

typedef struct {
    int64_t communities;
    const int64_t *first;        /* of each community, and the end */
    const int64_t *first_row;    /* of each community: its first resident, or its first slice of sixteen */
    const uint32_t *row;         /* first tie of each row, and the end; of a slice, counted in sixteens */
    const uint32_t *tie;
    const float *weight;         /* by layer, sixteen places */
    const float *per_weight;     /* 1 over the sum of the weights of a resident's ties, 0 without ties */
    const uint16_t *address;     /* number inside the community, for the draws */
    const float *threshold, *cost, *hours, *own;
    float *efficacy, *habit, *fatigue, *given;
    uint8_t *registered, *called, *needed_call;
    uint16_t *weeks_active, *times_called;
    int16_t *first_active, *last_active;
    word *now, *next;            /* spare words behind the last resident */
    uint32_t *listed;            /* registered residents of each community, room for all */
    int64_t *list_length;
    const double *calls;
    double *call_from;
    const float *adults;
    float *visible;
    double *counters;            /* 6 for each community: those of the last week */
} Town;

static inline uint64_t finalise(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline uint64_t draw(const uint64_t *key, uint64_t entity) {
    return finalise(finalise((entity + key[0]) * 0x9E3779B97F4A7C15u) ^ key[1]);
}

static int64_t call_in_turn(const Town *t, int64_t c, const uint32_t **from) {
    const uint32_t *listed = t->listed + t->first[c];
    int64_t length = t->list_length[c];
    if (!length) return 0;
    double start = t->call_from[c], quota = fmin(t->calls[c], (double)length);
    int64_t count = 0;
    int64_t k = (int64_t)ceil(start);             /* the first whose place is not before the turn */
    double behind = (double)k - start;
    for (; behind < quota && count < length; behind += 1.0, k++, count++) {
        uint32_t i = listed[k >= length ? k - length : k];
        t->called[i] = 1;
        t->times_called[i]++;
    }
    t->call_from[c] = fmod(start + quota, (double)length);
    *from = listed;
    return count;
}

static void enlist(const Town *t, int64_t c, uint32_t resident, const uint16_t *address) {
    uint32_t *listed = t->listed + t->first[c];
    int64_t at = t->list_length[c]++;
    for (; at > 0 && address[listed[at - 1]] > address[resident]; at--) listed[at] = listed[at - 1];
    listed[at] = resident;
}

#ifndef SLICED
static inline void see(const Town *t, uint32_t tie, float *says, float *acting) {
    float w = t->weight[tie >> 24];
    word other = t->now[tie & OTHER];
    *says += w * opinion_of(other);
    *acting += as_float(as_bits(w) & ((other & ACTS) ? 0xFFFFFFFFu : 0u));
}

/* Sums over the ties of n residents from number `from` of community c on. */
static void gather(const Town *t, int64_t c, int64_t from, int n, float *acting, float *says) {
    int64_t first = t->first_row[c] + from;
    for (int b = 0; b < n; b++) {
        float says0 = 0.0f, says1 = 0.0f, acting0 = 0.0f, acting1 = 0.0f;
        uint32_t k = t->row[first + b], end = t->row[first + b + 1];
        for (; k + 1 < end; k += 2) {
            __builtin_prefetch(t->now + (t->tie[k + AHEAD] & OTHER));
            __builtin_prefetch(t->now + (t->tie[k + AHEAD + 1] & OTHER));
            see(t, t->tie[k], &says0, &acting0);
            see(t, t->tie[k + 1], &says1, &acting1);
        }
        if (k < end) see(t, t->tie[k], &says0, &acting0);
        acting[b] = acting0 + acting1;
        says[b] = says0 + says1;
    }
}
#elif defined(__AVX512F__) && defined(__AVX512DQ__)
static void gather(const Town *t, int64_t c, int64_t from, int n, float *acting, float *says) {
    const __m512 weight = _mm512_loadu_ps(t->weight);
    const __m512i number = _mm512_set1_epi32(OTHER);
    int64_t first = t->first_row[c] + from / LANES;
    for (int b = 0; b < n; b += LANES) {
        __m512 says_sum = _mm512_setzero_ps(), acting_sum = _mm512_setzero_ps();
        for (uint32_t k = t->row[first + b / LANES]; k < t->row[first + b / LANES + 1]; k++) {
            __m512i tie = _mm512_loadu_si512(t->tie + (size_t)LANES * k);
            __m512 w = _mm512_permutexvar_ps(_mm512_srli_epi32(tie, 24), weight);
            __m512i other = _mm512_i32gather_epi32(_mm512_and_si512(tie, number), t->now, sizeof(word));
#ifdef PACKED
            __m512 opinion = _mm512_cvtepi32_ps(_mm512_and_si512(other, _mm512_set1_epi32(0x7FFF)));
            __mmask16 acts = _mm512_movepi32_mask(_mm512_slli_epi32(other, 16));
#else
            __m512 opinion = _mm512_castsi512_ps(_mm512_and_si512(other, _mm512_set1_epi32(0x7FFFFFFF)));
            __mmask16 acts = _mm512_movepi32_mask(other);
#endif
            says_sum = _mm512_fmadd_ps(w, opinion, says_sum);
            acting_sum = _mm512_mask_add_ps(acting_sum, acts, acting_sum, w);
        }
        _mm512_storeu_ps(acting + b, acting_sum);
        _mm512_storeu_ps(says + b, _mm512_mul_ps(says_sum, _mm512_set1_ps(UNIT)));
    }
}
#else
static void gather(const Town *t, int64_t c, int64_t from, int n, float *acting, float *says) {
    int64_t first = t->first_row[c] + from / LANES;
    for (int b = 0; b < n; b += LANES) {
        for (int lane = 0; lane < LANES; lane++) says[b + lane] = acting[b + lane] = 0.0f;
        for (uint32_t k = t->row[first + b / LANES]; k < t->row[first + b / LANES + 1]; k++)
            for (int lane = 0; lane < LANES; lane++) {
                uint32_t tie = t->tie[(size_t)LANES * k + lane];
                float w = t->weight[tie >> 24];
                word other = t->now[tie & OTHER];
                says[b + lane] += w * opinion_of(other);
                acting[b + lane] += as_float(as_bits(w) & ((other & ACTS) ? 0xFFFFFFFFu : 0u));
            }
    }
}
#endif

static void week_of(const Town *t, const Rule *r, int64_t c, int week, const uint64_t *cost_key, const uint64_t *list_key) {
    int64_t first = t->first[c], last = t->first[c + 1];
    const uint32_t *from = 0;
    memset(t->called + first, 0, last - first);
    memset(t->needed_call + first, 0, last - first);
    int64_t called = call_in_turn(t, c, &from);
    const float seen = r->social_seen * t->visible[c];
    const word *now = t->now;
    double active = 0, active_called = 0, active_registered = 0, alone_hours = 0, called_hours = 0;
    float acting[BLOCK], says[BLOCK];
    uint8_t acts[BLOCK], pressed[BLOCK];
    int any = 0;
    for (int64_t at = first; at < last; at += BLOCK) {
        int n = (int)(last - at < BLOCK ? last - at : BLOCK);
        gather(t, c, at - first, n, acting, says);
        const float *threshold = t->threshold + at, *cost = t->cost + at, *own = t->own + at;
        const float *efficacy = t->efficacy + at, *per_weight = t->per_weight + at;
        float *habit = t->habit + at, *fatigue = t->fatigue + at;
        const uint8_t *is_called = t->called + at;
        const uint16_t *address = t->address + at;
        const word *old = now + at;
        word *fresh = t->next + at;
        uint64_t place = (uint64_t)c << 40;
#pragma omp simd
        for (int b = 0; b < n; b++) {
            float moved = (float)(int32_t)(draw(cost_key, place | address[b]) >> 32 ^ 0x80000000u) * 0x1p-31f;
            float base = r->social_ties * (acting[b] * per_weight[b]) + seen + r->trust * opinion_of(old[b]) + r->efficacy * efficacy[b]
                       + r->habit * habit[b];
            float need = threshold[b] + cost[b] * (1.0f + r->cost_noise * moved);
            float tired = fatigue[b] * r->fatigue_keep;
            float fresh_call = is_called[b] ? 1.0f - tired : 0.0f;
            int alone = base >= need;
            int moved_by_call = !alone & (base + r->call * fresh_call >= need);
            fatigue[b] = tired + r->fatigue_gain * fresh_call;
            float keep = moved_by_call ? r->habit_keep_called : r->habit_keep;
            float h = habit[b];
            habit[b] = alone ? h + r->habit_gain * (1.0f - h) : h * keep;
            float hearing = per_weight[b] > 0.0f ? r->hearing : 0.0f;
            float opinion = hearing * (says[b] * per_weight[b]) + (1.0f - hearing) * own[b];
            acts[b] = (uint8_t)(alone | moved_by_call);
            pressed[b] = (uint8_t)moved_by_call;
            fresh[b] = word_of(opinion, (uint32_t)(alone | moved_by_call));
        }
        for (int b = 0; b < n; b++) {
            if (!acts[b]) continue;
            int64_t i = at + b;
            float hours = t->hours[i];
            t->given[i] += hours;
            t->weeks_active[i]++;
            t->last_active[i] = (int16_t)week;
            if (t->first_active[i] < 0) t->first_active[i] = (int16_t)week;
            active += 1;
            any |= hours > 0.0f;
            if (pressed[b]) {
                t->needed_call[i] = 1;
                active_called += 1;
                called_hours += hours;
            } else {
                alone_hours += hours;
            }
            if (t->registered[i]) {
                active_registered += 1;
            } else if ((double)(draw(list_key, place | address[b]) >> 11) * 0x1p-53 < r->self_registration) {
                t->registered[i] = 1;
                enlist(t, c, (uint32_t)i, t->address);
            }
        }
    }
    if (any)
        for (int64_t i = first; i < last; i++)
            t->efficacy[i] -= (t->next[i] & ACTS) ? r->efficacy_gain * t->efficacy[i] : 0.0f;
    double *counters = t->counters + 6 * c;
    counters[0] = active;
    counters[1] = active_called;
    counters[2] = active_registered;
    counters[3] = (double)called;
    counters[4] = alone_hours;
    counters[5] = called_hours;
    t->visible[c] = t->adults[c] > 0.0f ? (float)active / t->adults[c] : 0.0f;
}

/* Let weeks pass; keys hold four numbers a week. The words are in t->now when an even number of weeks has passed. */
void advance(const Town *town, const Rule *rule, int weeks, int start, const uint64_t *keys, int threads) {
#pragma omp parallel num_threads(threads)
    {
        Town mine = *town;
        for (int week = 0; week < weeks; week++) {
#pragma omp for schedule(static)
            for (int64_t c = 0; c < mine.communities; c++)
                week_of(&mine, rule, c, start + week, keys + 4 * week, keys + 4 * week + 2);
            word *swap = mine.now;
            mine.now = mine.next;
            mine.next = swap;
        }
    }
}
