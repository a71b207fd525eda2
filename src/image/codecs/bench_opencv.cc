/* image/codecs/bench_opencv.cc - OpenCV's decoding behind a C function; built for the benchmark only. */
#include "image/codecs/bench_opencv.h"
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <algorithm>
#include <cmath>
#include <cstring>

/* The reading flag for a picture whose longer side is `longer`. */
static int
reduced_flag(unsigned longer, unsigned side)
{
    if ((longer + 7) / 8 >= side) return cv::IMREAD_REDUCED_GRAYSCALE_8;
    if ((longer + 3) / 4 >= side) return cv::IMREAD_REDUCED_GRAYSCALE_4;
    if ((longer + 1) / 2 >= side) return cv::IMREAD_REDUCED_GRAYSCALE_2;
    return cv::IMREAD_GRAYSCALE;
}

/* The longer side from the frame header of a well-formed file. */
static unsigned
longer_side(const uint8_t *p, size_t n)
{
    for (size_t at = 2; at + 9 < n && p[at] == 0xff;) {
        unsigned marker = p[at + 1], length = (unsigned)(p[at + 2] << 8 | p[at + 3]);
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
            return std::max((unsigned)(p[at + 5] << 8 | p[at + 6]), (unsigned)(p[at + 7] << 8 | p[at + 8]));
        at += 2 + length;
    }
    return 0;
}

int
fair_opencv_luma(const uint8_t *jpeg, size_t n, unsigned side, int reduced, uint8_t *out, unsigned *width, unsigned *height)
{
    const cv::Mat bytes(1, (int)n, CV_8U, const_cast<uint8_t *>(jpeg));
    cv::Mat grey, small;

    cv::setNumThreads(1);
    if (reduced) grey = cv::imdecode(bytes, reduced_flag(longer_side(jpeg, n), side) | cv::IMREAD_IGNORE_ORIENTATION);
    else {
        cv::Mat colour = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
        if (!colour.empty()) cv::cvtColor(colour, grey, cv::COLOR_BGR2GRAY);
    }
    if (grey.empty()) return 0;
    double by = std::min(1.0, (double)side / std::max(grey.cols, grey.rows));
    int w = std::max(1, (int)std::lround(grey.cols * by)), h = std::max(1, (int)std::lround(grey.rows * by));
    if (by < 1) cv::resize(grey, small, cv::Size(w, h), 0, 0, cv::INTER_AREA);
    else small = grey;
    for (int y = 0; y < h; y++) std::memcpy(out + (size_t)y * w, small.ptr(y), (size_t)w);
    *width = (unsigned)w;
    *height = (unsigned)h;
    return 1;
}
