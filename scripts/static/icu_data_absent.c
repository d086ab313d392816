/* Foundation carries 30 MB of ICU's data: the names of months and countries, how languages sort. Lyre imports no Foundation;
   GRDB and Yams do, and what Lyre uses of them needs none of that data. ICU itself provides for a program without it, with a
   package of no items (icu4c/source/stubdata): this one. ICU_DATA is the symbol under which the toolchain's Foundation looks
   for its data; defined here, the archive's member with the data is not linked. */
#include <stdint.h>

struct package {
  uint16_t header_size;
  uint8_t magic[2];
  struct {
    uint16_t size, reserved;
    uint8_t big_endian, charset_family, size_of_char, reserved_too;
    uint8_t format[4], format_version[4], data_version[4];
  } info;
  uint8_t padding[8];
  uint32_t count, reserved;
  uint32_t contents[16];
};

__attribute__((aligned(16))) const struct package ICU_DATA = {
    .header_size = 32,
    .magic = {0xda, 0x27},
    .info = {.size = 20, .size_of_char = 2, .format = {'T', 'o', 'C', 'P'}, .format_version = {1}},
};
