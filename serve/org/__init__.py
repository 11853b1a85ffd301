"""What `diembao org` shows: the organisation of a day, its ways through time, two days compared, a picture."""
