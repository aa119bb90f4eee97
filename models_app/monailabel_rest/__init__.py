"""MONAI Label's REST protocol, answered by the site: `/monailabel/<study>/...` behind the site's own sign-in.

3D Slicer's and OHIF's plug-ins and `monailabel.client.MONAILabelClient` speak it unchanged. Ids are checked against
what the user may see, parameters against a list, and no path goes in or out. Only inference reaches the MONAI Label
process.
"""
