/* Exponential and logarithm in double precision: worked out to more than 64 bits and rounded once, so that they are
   what every good library gives but for the rare case that lies almost between two numbers. */
#ifndef MATHS_H
#define MATHS_H

/* e to the power of x; 0 below -708, infinite above 709. */
double exponential(double x);

/* The natural logarithm of a normal number above 0. */
double logarithm(double x);

#endif
