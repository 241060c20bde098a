/* A node of SAE J1939: it claims its address, answers requests, sends groups of 8 bytes and its trouble codes.

   Groups of more than 8 bytes it sends by a broadcast (J1939-21, 5.10) and takes none; who asks for a connection is
   told so. Times are milliseconds of any clock. */
#ifndef J1939_H
#define J1939_H

#include <stdbool.h>
#include <stdint.h>

enum { GLOBAL = 255, NULL_ADDRESS = 254 };

struct group {
    uint32_t number;
    uint8_t source, to, size, data[8];
};

struct trouble {
    uint32_t parameter; /* SPN */
    uint8_t failure;    /* FMI */
};

enum { MOST_TROUBLES = 8 };

/* Claims an address; the NAME's lowest byte comes first. */
void j1939_start(const uint8_t name[8], uint8_t address, uint32_t now);

/* Takes the next group for this node or for all; what is of addresses and requests is answered here. */
bool j1939_take(struct group *group, uint32_t now);

/* Lets the time pass: the claim's, and that of a broadcast. */
void j1939_tick(uint32_t now);

/* The address, NULL_ADDRESS while there is none. */
uint8_t j1939_address(void);

/* Sends a group of 8 bytes; nothing without an address. */
void j1939_send(uint32_t priority, uint32_t number, uint8_t to, const uint8_t data[8]);

/* Says which trouble codes are active: they are sent when they change, and each second while there are any. */
void j1939_troubles(const struct trouble *codes, uint32_t count, bool red_lamp, uint32_t now);

#endif
