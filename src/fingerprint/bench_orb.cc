/* fingerprint/bench_orb.cc - OpenCV's local features behind C functions; built for the benchmark only. */
#include "fingerprint/bench_orb.h"
#include <opencv2/features2d.hpp>

static size_t
take(cv::Feature2D &finder, const uint8_t *grey, unsigned width, unsigned height)
{
    const cv::Mat picture((int)height, (int)width, CV_8U, const_cast<uint8_t *>(grey));
    std::vector<cv::KeyPoint> points;
    cv::Mat codes;

    finder.detectAndCompute(picture, cv::noArray(), points, codes);
    return points.size();
}

size_t
fair_orb_take(const uint8_t *grey, unsigned width, unsigned height, int most)
{
    static cv::Ptr<cv::ORB> orb;

    cv::setNumThreads(1);
    if (orb.empty() || orb->getMaxFeatures() != most) orb = cv::ORB::create(most);
    return take(*orb, grey, width, height);
}

size_t
fair_sift_take(const uint8_t *grey, unsigned width, unsigned height, int most)
{
    static cv::Ptr<cv::SIFT> sift;
    static int made = -1;

    cv::setNumThreads(1);
    if (made != most) sift = cv::SIFT::create(most);
    made = most;
    return take(*sift, grey, width, height);
}

void
fair_bf_nearest(const uint8_t *queries, size_t n, const uint8_t *train, size_t n_train, uint16_t *bits)
{
    const cv::Mat q((int)n, 32, CV_8U, const_cast<uint8_t *>(queries)), t((int)n_train, 32, CV_8U, const_cast<uint8_t *>(train));
    const cv::BFMatcher matcher(cv::NORM_HAMMING);
    std::vector<std::vector<cv::DMatch>> found;

    cv::setNumThreads(1);
    matcher.knnMatch(q, t, found, 2);
    for (size_t i = 0; i < found.size(); i++)
        for (size_t k = 0; k < 2; k++) bits[2 * i + k] = (uint16_t)found[i][k].distance;
}

size_t
fair_bf_mutual(const uint8_t *queries, size_t n, const uint8_t *train, size_t n_train)
{
    const cv::Mat q((int)n, 32, CV_8U, const_cast<uint8_t *>(queries)), t((int)n_train, 32, CV_8U, const_cast<uint8_t *>(train));
    const cv::BFMatcher matcher(cv::NORM_HAMMING, true);
    std::vector<cv::DMatch> found;

    cv::setNumThreads(1);
    matcher.match(q, t, found);
    return found.size();
}
